using System.Globalization;

namespace Futago.Engine.Options;

/// <summary>The engine's command line, validated.</summary>
/// <param name="DataDirectory">State directory of the engine (journal, configuration, known units).</param>
/// <param name="SocketPath">Unix socket of the API.</param>
/// <param name="SocketGroup">Group that may connect, by name or number; null: root alone.</param>
/// <param name="ImageDirectory">Where disk images live by default, or null.</param>
/// <param name="MountRoot">Volume groups are mounted below it.</param>
/// <param name="Guarded">Run by futago-guard: heartbeat on standard output, end of standard input means stop.</param>
/// <param name="SmbPort">Where shares are served, 1 to 65535.</param>
internal sealed record EngineOptions(
    string DataDirectory,
    string SocketPath,
    string? SocketGroup,
    string? ImageDirectory,
    string MountRoot,
    bool Guarded,
    int SmbPort)
{
    /// <summary>sun_path holds 108 bytes with its terminator.</summary>
    private const int SocketPathBytesMaximum = 107;

    public static readonly string Usage =
        "usage: futago-engine --data DIR --socket PATH [--socket-group GROUP] [--image-directory DIR] --mount-root DIR [--smb-port PORT] [--guarded]";

    /// <returns>Null when there are <paramref name="errors"/>; they name everything that is wrong, not only the first.</returns>
    public static EngineOptions? Parse(IReadOnlyList<string> arguments, out IReadOnlyList<string> errors)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        var problems = new List<string>();
        var guarded = false;
        string[] known = ["--data", "--socket", "--socket-group", "--image-directory", "--mount-root", "--smb-port"];
        for (var i = 0; i < arguments.Count; i++)
        {
            var name = arguments[i];
            if (name == "--guarded")
                guarded = true;
            else if (!known.Contains(name))
                problems.Add($"unknown option {name}");
            else if (i + 1 == arguments.Count || arguments[i + 1].Length == 0)
                problems.Add($"{name} needs a value");
            else if (!found.TryAdd(name, arguments[++i]))
                problems.Add($"{name} is given twice");
        }
        foreach (var required in new[] { "--data", "--socket", "--mount-root" })
        {
            if (!found.ContainsKey(required) && !problems.Exists(p => p.StartsWith(required, StringComparison.Ordinal)))
                problems.Add($"{required} is missing");
        }
        if (found.TryGetValue("--socket", out var socket) && System.Text.Encoding.UTF8.GetByteCount(Path.GetFullPath(socket)) > SocketPathBytesMaximum)
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"--socket: the path is longer than the {SocketPathBytesMaximum} bytes that a unix socket can have"));
        if (!int.TryParse(found.GetValueOrDefault("--smb-port", "445"), NumberStyles.None, CultureInfo.InvariantCulture, out var smbPort) || smbPort is < 1 or > 65535)
            problems.Add("--smb-port is a number from 1 to 65535");
        errors = problems;
        if (problems.Count > 0)
            return null;
        return new EngineOptions(
            Path.GetFullPath(found["--data"]),
            Path.GetFullPath(found["--socket"]),
            found.GetValueOrDefault("--socket-group"),
            found.TryGetValue("--image-directory", out var images) ? Path.GetFullPath(images) : null,
            Path.GetFullPath(found["--mount-root"]),
            guarded,
            smbPort);
    }
}
