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
            ExitAmbivalent => Found(StoragePhraseCodes.ContentSeveral, "signatures of several kinds"),
            // What cannot be read might hold anything, so it is never called empty.
            _ => Unreadable(result.Error.Length == 0 ? $"blkid ended with {result.ExitCode}" : result.Error),
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
        if (type == "xfs" && label == GroupLabel)
            return new Signature(null, Guid.TryParse(values.GetValueOrDefault("UUID"), out var id) ? id : Guid.Empty);
        if (type is not null)
        {
            var name = string.IsNullOrEmpty(label) ? "" : ObjectName.Printable(label);
            var named = name.Length == 0 ? "" : $" “{name}”";
            return (type, values.GetValueOrDefault("USAGE")) switch
            {
                ("swap", _) => Found(StoragePhraseCodes.ContentSwapSpace, "swap space" + named, ("label", name)),
                ("LVM2_member", _) => Found(StoragePhraseCodes.ContentLvm, "LVM physical volume"),
                ("crypto_LUKS", _) => Found(StoragePhraseCodes.ContentLuks, "encrypted volume (LUKS)" + named, ("label", name)),
                (_, "raid") => Found(StoragePhraseCodes.ContentRaid, $"RAID member ({type}){named}", ("type", type), ("label", name)),
                (_, "filesystem") => Found(StoragePhraseCodes.ContentFileSystem, $"{type} file system{named}", ("type", type), ("label", name)),
                _ => Found(StoragePhraseCodes.ContentSignature, $"{type} signature{named}", ("type", type), ("label", name)),
            };
        }
        if (!values.TryGetValue("PTTYPE", out var format))
            return Signature.Nothing;
        var table = format == "dos" ? "MBR" : format.ToUpperInvariant();
        return Found(StoragePhraseCodes.ContentPartitionTable, $"partition table ({table})", ("table", table));
    }

    private static Signature Unreadable(string reason) =>
        Found(StoragePhraseCodes.ContentUnreadable, $"content that cannot be read ({reason})", ("reason", reason));

    private static Signature Found(string code, string text, params (string Name, string Value)[] args) => new(StoragePhrase.Of(code, text, args));
}
