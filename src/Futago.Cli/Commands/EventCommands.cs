using System.CommandLine;
using System.Text.Json;
using Futago.Cli.Output;
using Futago.Console.Client.Events;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;

namespace Futago.Cli.Commands;

internal static class EventCommands
{
    public static Command Create() => new("event", "What happened: events of the engine and the console, and who changed what.")
    {
        List(),
    };

    private static Verb List()
    {
        var severity = Values.Choice("--severity", "Only events of this severity or a higher one.", "info", "warning", "error");
        var source = Values.Choice("--source", "Only events from there; audit: what people changed.", "engine", "console", "audit");
        var search = Values.Text("--search", "TEXT", "Only events that hold this text.");
        var before = new Option<long?>("--before") { HelpName = "ID", Description = "Only events older than this one: the next page." };
        var limit = Values.Number("--limit", "NUMBER", "How many, 1 to 500; 100 unless given.");
        var follow = Values.Flag("--follow", "Go on with new events as they happen, until interrupted.");
        return new Verb("list", "Lists events; the newest is the last line.", async call =>
        {
            if (call.Value(limit) is < 1 or > 500)
                throw new UsageException("--limit takes a number from 1 to 500.");
            if (call.Value(follow) && call.Has(before))
                throw new UsageException("--follow goes on from now: it does not go with --before.");
            var query = new EventQuery(
                call.Value(severity) is { } word ? Values.Enumerated<EventSeverity>(word) : null,
                call.Value(source),
                call.Value(search),
                call.Value(before),
                call.Value(limit) ?? 100);
            if (call.Value(follow))
                await EventFollower.RunAsync(query, call, entry => WriteFollowed(call, entry));
            else
                await ListAsync(call, query);
        }, severity, source, search, before, limit, follow);
    }

    private static async Task ListAsync(Invocation call, EventQuery query)
    {
        var events = await call.Console.Events.ListAsync(query, call.Cancellation);
        call.Print(events, output =>
        {
            var table = new Table("TIME", "SEVERITY", "SOURCE", "USER", "EVENT");
            foreach (var entry in events.Reverse())
                table.Add(Format.Time(entry.Time, call.Environment), Format.Word(entry.Severity), entry.Source, entry.User, entry.Text);
            table.Write(output, "There are no such events.");
        });
    }

    private static void WriteFollowed(Invocation call, EventView entry)
    {
        call.Environment.Output.WriteLine(call.Json
            ? JsonSerializer.Serialize(entry, EngineJson.Options)
            : $"{Format.Time(entry.Time, call.Environment)}  {Format.Word(entry.Severity),-7}  {entry.Source,-7}  {TextWidth.Printable(entry.User is null ? entry.Text : $"{entry.User}: {entry.Text}")}");
        call.Environment.Output.Flush();
    }
}
