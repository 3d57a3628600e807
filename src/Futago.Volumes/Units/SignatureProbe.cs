using Futago.Volumes.Programs;

namespace Futago.Volumes.Units;

/// <summary>Asks blkid (low-level probing, no cache) what a unit carries, so that a refusal can name it.</summary>
internal static class SignatureProbe
{
    /// <summary>Label of the XFS file system of a volume group.</summary>
    public const string GroupLabel = "futago";

    private const int ExitNothingFound = 2;
    private const int ExitAmbivalent = 8;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    public static async Task<Signature> ReadAsync(string path)
    {
        var result = await ProgramRunner.RunAsync("blkid", ["-p", "-o", "export", path], Timeout);
        return result.ExitCode switch
        {
            0 => Describe(Parse(result.Output)),
            ExitNothingFound when result.Error.Length == 0 => Signature.Nothing,
            ExitAmbivalent => new Signature("signatures of several kinds"),
            // What cannot be read might hold anything, so it is never called empty.
            _ => new Signature($"content that cannot be read ({(result.Error.Length == 0 ? $"blkid ended with {result.ExitCode}" : result.Error)})"),
        };
    }

    internal static Dictionary<string, string> Parse(string output)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in output.Split('\n'))
        {
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
                values[line[..equals]] = line[(equals + 1)..].Replace("\\ ", " ", StringComparison.Ordinal);
        }
        return values;
    }

    internal static Signature Describe(Dictionary<string, string> values)
    {
        var type = values.GetValueOrDefault("TYPE");
        var label = values.GetValueOrDefault("LABEL");
        var named = string.IsNullOrEmpty(label) ? "" : $" “{ObjectName.Printable(label)}”";
        if (type == "xfs" && label == GroupLabel)
            return new Signature("volume group", Guid.TryParse(values.GetValueOrDefault("UUID"), out var id) ? id : Guid.Empty);
        if (type is not null)
        {
            return new Signature(
                (type, values.GetValueOrDefault("USAGE")) switch
                {
                    ("swap", _) => "swap space" + named,
                    ("LVM2_member", _) => "LVM physical volume",
                    ("crypto_LUKS", _) => "encrypted volume (LUKS)" + named,
                    (_, "raid") => $"RAID member ({type}){named}",
                    (_, "filesystem") => $"{type} file system{named}",
                    _ => $"{type} signature{named}",
                });
        }
        return values.TryGetValue("PTTYPE", out var table)
            ? new Signature($"partition table ({(table == "dos" ? "MBR" : table.ToUpperInvariant())})")
            : Signature.Nothing;
    }
}
