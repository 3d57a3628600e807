using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Futago.Failover;

/// <summary>Lines between engine and guard, docs/protocol/guard.md.</summary>
internal static class GuardMessages
{
    public const string Alive = "alive";

    private const string PermitWord = "permit ";
    private const string OrderWord = "order ";
    private const string DoneWord = "done ";
    private const string FailedWord = "failed ";
    private const string ClearedWord = "cleared ";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static string Permit(long untilMs) => string.Create(CultureInfo.InvariantCulture, $"{PermitWord}{untilMs}");

    public static string Order(long id, GuardOrderKind kind, GuardOrder order) =>
        string.Create(CultureInfo.InvariantCulture, $"{OrderWord}{id} {kind} {JsonSerializer.Serialize(order, Json)}");

    /// <param name="error">Null: it is done.</param>
    public static string Outcome(long id, string? error) => error is null
        ? string.Create(CultureInfo.InvariantCulture, $"{DoneWord}{id}")
        : string.Create(CultureInfo.InvariantCulture, $"{FailedWord}{id} {error.ReplaceLineEndings(" ")}");

    public static string Cleared(string reason) => ClearedWord + reason.ReplaceLineEndings(" ");

    public static bool TryReadPermit(string line, out long untilMs)
    {
        untilMs = 0;
        return line.StartsWith(PermitWord, StringComparison.Ordinal)
            && long.TryParse(line.AsSpan(PermitWord.Length), NumberStyles.None, CultureInfo.InvariantCulture, out untilMs);
    }

    public static bool TryReadOrder(string line, out long id, out GuardOrderKind kind, [NotNullWhen(true)] out GuardOrder? order)
    {
        (id, kind, order) = (0, default, null);
        if (!line.StartsWith(OrderWord, StringComparison.Ordinal) || line.Split(' ', 4) is not [_, var number, var word, var json])
            return false;
        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out id) || !Enum.TryParse(word, out kind) || !Enum.IsDefined(kind))
            return false;
        try
        {
            order = JsonSerializer.Deserialize<GuardOrder>(json, Json);
        }
        catch (JsonException)
        {
            return false;
        }
        return order is { Addresses.Count: >= 1 and <= 8, Ports.Count: >= 1 and <= 64 } && order.Ports.All(p => p is >= 1 and <= 65535)
            && order.Addresses.All(a => a is { Nic.Length: >= 1 and <= 15 } && IPAddress.TryParse(a.Address, out var address) && address.ToString() == a.Address);
    }

    /// <param name="error">Null: it is done.</param>
    public static bool TryReadOutcome(string line, out long id, out string? error)
    {
        (id, error) = (0, null);
        if (line.StartsWith(DoneWord, StringComparison.Ordinal))
            return long.TryParse(line.AsSpan(DoneWord.Length), NumberStyles.None, CultureInfo.InvariantCulture, out id);
        if (!line.StartsWith(FailedWord, StringComparison.Ordinal) || line.Split(' ', 3) is not [_, var number, var text])
            return false;
        error = text;
        return long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out id);
    }

    public static bool TryReadCleared(string line, [NotNullWhen(true)] out string? reason)
    {
        reason = line.StartsWith(ClearedWord, StringComparison.Ordinal) ? line[ClearedWord.Length..] : null;
        return reason is not null;
    }
}
