using System.Text.Encodings.Web;
using System.Text.Json;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;
using Futago.Management.Access;

namespace Futago.Management.Events;

/// <summary>
/// Words an audit entry: who, what, before and after. What is passed as before and after is written out as JSON, so it must be
/// a view without secrets.
/// </summary>
public sealed class AuditLog(IEventStore store, TimeProvider time)
{
    private static readonly JsonSerializerOptions Json = new(EngineJson.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Builds an entry, to be stored in the transaction of the change itself.</summary>
    public EventEntry Entry(Actor actor, string code, string @object, string text, object? before = null, object? after = null,
        params (string Name, string Value)[] args)
    {
        var values = args.ToDictionary(a => a.Name, a => a.Value);
        values["object"] = @object;
        if (before is not null)
            values["before"] = JsonSerializer.Serialize(before, Json);
        if (after is not null)
            values["after"] = JsonSerializer.Serialize(after, Json);
        return new EventEntry
        {
            Time = time.GetUtcNow(),
            Severity = EventSeverity.Info,
            Source = EventSource.Audit,
            Code = code,
            Object = @object,
            User = actor.Name,
            Text = text,
            Args = values,
        };
    }

    /// <summary>Stores an entry for something that has happened elsewhere, in the engine for instance.</summary>
    public Task RecordAsync(Actor actor, string code, string @object, string text, object? before = null, object? after = null,
        params (string Name, string Value)[] args) =>
        // Not the caller's token: what was done must be written down even when the caller has gone away meanwhile.
        store.AppendAsync(Entry(actor, code, @object, text, before, after, args), CancellationToken.None);

    /// <summary>An observation of the console itself.</summary>
    public EventEntry Observation(EventSeverity severity, string code, string? @object, string text, params (string Name, string Value)[] args) => new()
    {
        Time = time.GetUtcNow(),
        Severity = severity,
        Source = EventSource.Console,
        Code = code,
        Object = @object,
        Text = text,
        Args = args.Length == 0 ? null : args.ToDictionary(a => a.Name, a => a.Value),
    };

    public Task ObserveAsync(EventSeverity severity, string code, string? @object, string text, params (string Name, string Value)[] args) =>
        store.AppendAsync(Observation(severity, code, @object, text, args), CancellationToken.None);
}
