using System.Globalization;
using System.Text.Json;
using Futago.Engine.Contracts.Shares;

namespace Futago.Engine.Shares;

/// <summary>What smbstatus(1) prints with <c>--json</c>: sessions, and tree connections (tcons) that refer to them.</summary>
internal static class SmbStatusDocument
{
    public static IReadOnlyList<ShareConnectionInfo> Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (!document.RootElement.TryGetProperty("tcons", out var connections))
                return [];
            document.RootElement.TryGetProperty("sessions", out var sessions);
            return
            [
                .. from connection in connections.EnumerateObject()
                   let service = Text(connection.Value, "service")
                   // The pipe for listing shares is no share.
                   where service is not (null or "IPC$")
                   let session = Session(sessions, Text(connection.Value, "session_id"))
                   orderby service, Text(session, "username")
                   select new ShareConnectionInfo(
                       service,
                       Text(session, "username") ?? "",
                       Text(connection.Value, "machine") ?? "",
                       DateTimeOffset.TryParse(Text(connection.Value, "connected_at"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var at) ? at : null,
                       Text(session, "session_dialect")),
            ];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static JsonElement? Session(JsonElement sessions, string? id) =>
        id is not null && sessions.ValueKind == JsonValueKind.Object && sessions.TryGetProperty(id, out var session) ? session : null;

    private static string? Text(JsonElement? element, string name) =>
        element is { ValueKind: JsonValueKind.Object } found && found.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
