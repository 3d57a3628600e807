using System.Text.RegularExpressions;
using Futago.Console.Resources;

namespace Futago.Console.Components.Presentation;

/// <summary>
/// What the engine says in English words (<c>UsedBy</c> and <c>Content</c>), in the person's language. What is not among the known
/// phrases, an error of the operating system for instance, stays as it is.
/// </summary>
public static partial class EngineWords
{
    private static readonly (Regex Phrase, Func<string> Words)[] Users =
    [
        (TargetPhrase(), () => VolumesText.UsedByTarget),
        (SharePhrase(), () => VolumesText.UsedByShare),
        (VolumeReplicationPhrase(), () => VolumesText.UsedByVolumeReplication),
        (DataReplicationPhrase(), () => VolumesText.UsedByDataReplication),
    ];

    private static readonly (Regex Phrase, Func<string> Words)[] Contents =
    [
        (MountedPhrase(), () => UnitsText.ContentMounted),
        (SwapPhrase(), () => UnitsText.ContentSwap),
        (HolderPhrase(), () => UnitsText.ContentHolder),
        (FileSystemPhrase(), () => UnitsText.ContentFileSystem),
        (SwapSpacePhrase(), () => UnitsText.ContentSwapSpace),
        (LvmPhrase(), () => UnitsText.ContentLvm),
        (LuksPhrase(), () => UnitsText.ContentLuks),
        (RaidPhrase(), () => UnitsText.ContentRaid),
        (SignaturePhrase(), () => UnitsText.ContentSignature),
        (SeveralPhrase(), () => UnitsText.ContentSeveral),
        (PartitionTablePhrase(), () => UnitsText.ContentPartitionTable),
        (UnreadablePhrase(), () => UnitsText.ContentUnreadable),
        (GroupUnusablePhrase(), () => UnitsText.ContentGroupUnusable),
        (GroupPhrase(), () => UnitsText.GroupOn),
    ];

    /// <summary>Who uses a volume or a snapshot: <c>share office</c>.</summary>
    public static string User(string line) => Translate(line, Users);

    /// <summary>What is on a unit, or what the system does with it: <c>partition sda1 mounted at /boot</c>.</summary>
    public static string Content(string line) => PartitionPhrase().Match(line) is { Success: true } partition
        ? Sentence.Of(UnitsText.ContentPartition, partition.Groups[1].Value, Translate(partition.Groups[2].Value, Contents))
        : Translate(line, Contents);

    private static string Translate(string line, (Regex Phrase, Func<string> Words)[] phrases)
    {
        foreach (var (phrase, words) in phrases)
        {
            if (phrase.Match(line) is { Success: true } match)
                return Sentence.Of(words(), [.. match.Groups.Values.Skip(1).Select(group => group.Value)]);
        }
        return line;
    }

    [GeneratedRegex("^target (.+), LUN ([0-9]+)$")]
    private static partial Regex TargetPhrase();

    [GeneratedRegex("^share (.+)$")]
    private static partial Regex SharePhrase();

    [GeneratedRegex("^volume replication (.+)$")]
    private static partial Regex VolumeReplicationPhrase();

    [GeneratedRegex("^data replication (.+)$")]
    private static partial Regex DataReplicationPhrase();

    [GeneratedRegex("^partition (\\S+) (mounted at .+|used .+)$")]
    private static partial Regex PartitionPhrase();

    [GeneratedRegex("^mounted at (.+)$")]
    private static partial Regex MountedPhrase();

    [GeneratedRegex("^used as swap$")]
    private static partial Regex SwapPhrase();

    [GeneratedRegex(@"^used by (.+) \(RAID, LVM or encryption\)$")]
    private static partial Regex HolderPhrase();

    [GeneratedRegex("^(\\S+) file system( “.*”)?$")]
    private static partial Regex FileSystemPhrase();

    [GeneratedRegex("^swap space( “.*”)?$")]
    private static partial Regex SwapSpacePhrase();

    [GeneratedRegex("^LVM physical volume$")]
    private static partial Regex LvmPhrase();

    [GeneratedRegex(@"^encrypted volume \(LUKS\)( “.*”)?$")]
    private static partial Regex LuksPhrase();

    [GeneratedRegex(@"^RAID member \((.+)\)( “.*”)?$")]
    private static partial Regex RaidPhrase();

    [GeneratedRegex("^(\\S+) signature( “.*”)?$")]
    private static partial Regex SignaturePhrase();

    [GeneratedRegex("^signatures of several kinds$")]
    private static partial Regex SeveralPhrase();

    [GeneratedRegex(@"^partition table \((.+)\)$")]
    private static partial Regex PartitionTablePhrase();

    [GeneratedRegex(@"^content that cannot be read \((.+)\)$")]
    private static partial Regex UnreadablePhrase();

    [GeneratedRegex("^a volume group that cannot be used: (.+)$")]
    private static partial Regex GroupUnusablePhrase();

    [GeneratedRegex("^volume group “(.+)”$")]
    private static partial Regex GroupPhrase();
}
