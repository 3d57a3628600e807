using System.Net;
using Futago.Engine.Contracts;
using Futago.Management.Node;

namespace Futago.Console;

/// <summary>Reads the command line. A bad one is refused with all that is wrong with it at once.</summary>
public static class ConsoleOptionsReader
{
    public const string Usage =
        """
        futago-console --data DIR (--postgres-data DIR | --connection-string-file FILE) --engine-socket PATH
                       [--socket PATH] [--listen ADDRESS:PORT] [--tls-socket PATH] [--iscsi-portal ADDRESS:PORT]
                       [--postgres-socket-directory DIR] [--admin-password-file FILE] [--image-directory DIR] [--node-name NAME]
        """;

    private static readonly HashSet<string> Known =
    [
        "data", "postgres-data", "postgres-socket-directory", "connection-string-file", "engine-socket", "socket", "tls-socket",
        "listen", "iscsi-portal", "admin-password-file", "image-directory", "node-name",
    ];

    public static ConsoleOptions Read(IReadOnlyList<string> args)
    {
        List<string> faults = [];
        var values = Split(args, faults);

        var data = Required("data");
        var engineSocket = Required("engine-socket");
        var connectionString = Secret("connection-string-file");
        var postgres = values.GetValueOrDefault("postgres-data");
        if ((postgres is null) == (values.ContainsKey("connection-string-file") is false))
            faults.Add("--postgres-data or --connection-string-file: exactly one of the two is needed.");
        if (!IPEndPoint.TryParse(values.GetValueOrDefault("listen", "0.0.0.0:8443"), out var listen))
            faults.Add($"--listen: “{values["listen"]}” is not an address with a port, such as 0.0.0.0:8443.");
        var portal = ReadPortal();
        var nodeName = values.GetValueOrDefault("node-name") ?? NodeNameRule.From(Environment.MachineName);
        if (!NodeNameRule.IsValid(nodeName))
            faults.Add($"--node-name: “{nodeName}” is not 1 to 63 letters, digits and hyphens.");
        var adminPassword = Secret("admin-password-file");
        if (faults.Count > 0)
            throw new StartupException(string.Join(Environment.NewLine, faults) + Environment.NewLine + Usage);

        return new ConsoleOptions
        {
            DataDirectory = Path.GetFullPath(data),
            PostgresDirectory = postgres is null ? null : Path.GetFullPath(postgres),
            PostgresSocketDirectory = Path.GetFullPath(values.GetValueOrDefault("postgres-socket-directory", data)),
            ConnectionString = connectionString,
            EngineSocket = Path.GetFullPath(engineSocket),
            Socket = FullPath("socket"),
            TlsSocket = FullPath("tls-socket"),
            Listen = listen!,
            IscsiPortal = portal,
            AdminPassword = adminPassword,
            ImageDirectory = FullPath("image-directory") ?? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(data)) ?? "/", "images"),
            NodeName = nodeName,
        };

        string Required(string key)
        {
            if (values.TryGetValue(key, out var value))
                return value;
            faults.Add($"--{key} is missing.");
            return "/";
        }

        string? FullPath(string key) => values.TryGetValue(key, out var value) ? Path.GetFullPath(value) : null;

        // Secrets come in files, because command lines are visible to every user of the machine.
        string? Secret(string key)
        {
            if (!values.TryGetValue(key, out var path))
                return null;
            try
            {
                var text = File.ReadAllText(path).TrimEnd('\r', '\n');
                if (text.Length == 0)
                    faults.Add($"--{key}: the file {path} is empty.");
                return text;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                faults.Add($"--{key}: {e.Message}");
                return null;
            }
        }

        Portal? ReadPortal()
        {
            if (!values.TryGetValue("iscsi-portal", out var text))
                return null;
            try
            {
                var portal = PortalRule.Parse(text);
                return new Portal { Address = portal.Address, Port = portal.Port };
            }
            catch (ProblemException e)
            {
                faults.Add($"--iscsi-portal: {e.Message}");
                return null;
            }
        }
    }

    private static Dictionary<string, string> Split(IReadOnlyList<string> args, List<string> faults)
    {
        Dictionary<string, string> values = [];
        for (var i = 0; i < args.Count; i++)
        {
            var key = args[i].StartsWith("--", StringComparison.Ordinal) ? args[i][2..] : "";
            if (!Known.Contains(key))
                faults.Add($"{args[i]}: no such option.");
            else if (i + 1 == args.Count || args[i + 1].Length == 0)
                faults.Add($"--{key} needs a value.");
            else if (!values.TryAdd(key, args[++i]))
                faults.Add($"--{key} is given twice.");
        }
        return values;
    }
}
