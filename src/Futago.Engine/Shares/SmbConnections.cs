using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Shares;
using Futago.Volumes;
using Futago.Volumes.Programs;

namespace Futago.Engine.Shares;

/// <summary>
/// Who is connected to the shares, as smbstatus(1) tells it with <c>--json</c>: tree connections (tcons), and the sessions that they refer to. Each is
/// asked for by itself, because the answer to everything has every open file in it and may be of any length.
/// </summary>
/// <param name="smbstatus">Runs it with an option.</param>
/// <param name="logFile">Where Samba says more.</param>
internal sealed class SmbConnections(Func<string, Task<ProgramResult>> smbstatus, string logFile)
{
    public const string Program = "smbstatus";

    /// <exception cref="ProblemException">It cannot be read.</exception>
    public async Task<IReadOnlyList<ShareConnectionInfo>> ListAsync()
    {
        // The pipe for listing shares is no share.
        var connections = (await ReadAsync("--shares", "tcons")).EnumerateObject().Select(c => c.Value).Where(c => Text(c, "service") is not (null or "IPC$")).ToList();
        if (connections.Count == 0)
            return [];
        var sessions = await ReadAsync("--processes", "sessions");
        return
        [
            .. from connection in connections
               let service = Text(connection, "service")
               let session = Session(sessions, Text(connection, "session_id"))
               orderby service, Text(session, "username")
               select new ShareConnectionInfo(
                   service,
                   Text(session, "username") ?? "",
                   Text(connection, "machine") ?? "",
                   DateTimeOffset.TryParse(Text(connection, "connected_at"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var at) ? at : null,
                   Text(session, "session_dialect")),
        ];
    }

    private async Task<JsonElement> ReadAsync(string option, string what)
    {
        ProgramResult result;
        try
        {
            result = await smbstatus(option);
        }
        catch (StorageException e)
        {
            throw e.InnerException is Win32Exception system
                ? Unreadable(PhraseCodes.ReasonProgramNotRun, $"{Program} cannot be run ({system.Message})", ("said", system.Message))
                : Unreadable(PhraseCodes.ReasonProgramSlow, $"{Program} did not answer in time");
        }
        if (result.ExitCode != 0)
        {
            var said = result.Error.TrimEnd('.');
            throw Unreadable(
                PhraseCodes.ReasonProgramFailed, $"{Program} ended with exit code {result.ExitCode}{(said.Length > 0 ? ": " : "")}{said}",
                ("exitCode", $"{result.ExitCode}"), ("said", said));
        }
        try
        {
            using var document = JsonDocument.Parse(result.Output);
            if (document.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty(what, out var found) && found.ValueKind == JsonValueKind.Object)
                return found.Clone();
        }
        catch (JsonException)
        {
            // As good as an answer to another question.
        }
        throw Unreadable(PhraseCodes.ReasonProgramUnreadable, $"the answer of {Program} cannot be read");
    }

    private ProblemException Unreadable(string code, string reason, params (string Name, string Value)[] more)
    {
        Dictionary<string, string> args = new() { ["reason"] = reason, ["reasonCode"] = code, ["program"] = Program, ["log"] = logFile };
        foreach (var (name, value) in more)
            args[name] = value;
        return new ProblemException(
            new Problem(
                ProblemCodes.SmbConnectionsUnreadable,
                $"The connections to shares cannot be read: {reason}. Somebody may be connected all the same. If this stays so, install the package samba again, and see what its log {logFile} says.",
                null, args),
            503);
    }

    private static JsonElement? Session(JsonElement sessions, string? id) => id is not null && sessions.TryGetProperty(id, out var session) ? session : null;

    private static string? Text(JsonElement? element, string name) =>
        element is { ValueKind: JsonValueKind.Object } found && found.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
