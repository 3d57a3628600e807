using System.Globalization;
using Futago.Iscsi;

namespace Futago.Engine.Options;

/// <summary>The engine's command line, validated.</summary>
/// <param name="DataDirectory">State directory of the engine (journal, configuration, known units).</param>
/// <param name="SocketPath">Unix socket of the API.</param>
/// <param name="SocketGroup">Group that may connect, by name or number; null: root alone.</param>
/// <param name="ImageDirectory">Where disk images live by default, or null.</param>
/// <param name="MountRoot">Volume groups are mounted below it.</param>
/// <param name="Guarded">Run by futago-guard: heartbeat on standard output, end of standard input means stop.</param>
/// <param name="SmbPort">Where shares are served, 1 to 65535.</param>
/// <param name="IscsiSpin">How long an iSCSI connection looks for its next request before it sleeps, 0 to 1,000 µs; null: what suits the machine.</param>
internal sealed record EngineOptions(
    string DataDirectory,
    string SocketPath,
    string? SocketGroup,
    string? ImageDirectory,
    string MountRoot,
    bool Guarded,
    int SmbPort,
    TimeSpan? IscsiSpin)
{
    /// <summary>sun_path holds 108 bytes with its terminator.</summary>
    private const int SocketPathBytesMaximum = 107;

    public static readonly string Usage =
        "usage: futago-engine --data DIR --socket PATH [--socket-group GROUP] [--image-directory DIR] --mount-root DIR [--smb-port PORT] [--iscsi-spin MICROSECONDS] [--guarded]";

    /// <returns>Null when there are <paramref name="errors"/>; they name everything that is wrong, not only the first.</returns>
    public static EngineOptions? Parse(IReadOnlyList<string> arguments, out IReadOnlyList<string> errors)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        var problems = new List<string>();
        var guarded = false;
        string[] known = ["--data", "--socket", "--socket-group", "--image-directory", "--mount-root", "--smb-port", "--iscsi-spin"];
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
        var spinMaximum = (int)IscsiServerOptions.MaximumSpinTime.TotalMicroseconds;
        if (!int.TryParse(found.GetValueOrDefault("--iscsi-spin", "0"), NumberStyles.None, CultureInfo.InvariantCulture, out var spin) || spin > spinMaximum)
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"--iscsi-spin is a number from 0 to {spinMaximum}"));
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
            smbPort,
            found.ContainsKey("--iscsi-spin") ? TimeSpan.FromMicroseconds(spin) : null);
    }
}
