using Futago.Volumes.Snapshots;

namespace Futago.DataReplication.Rsync;

/// <summary>What a task may choose. Everything else about the command line is fixed.</summary>
/// <param name="Delete">Whether files that the source no longer has are deleted at the destination.</param>
/// <param name="DeleteLimit">Deletions per run at most; more need a person. Null: no limit.</param>
/// <param name="BandwidthLimit">Bytes per second; null: none. rsync counts in KiB.</param>
/// <param name="Include">Patterns that are copied although a pattern of <paramref name="Exclude"/> matches.</param>
/// <param name="Exclude">Patterns, relative to the folder that is copied.</param>
/// <param name="Attributes">ACLs and extended attributes.</param>
public sealed record RsyncOptions(
    bool Delete,
    int? DeleteLimit,
    long? BandwidthLimit,
    bool Compress,
    IReadOnlyList<string> Include,
    IReadOnlyList<string> Exclude,
    bool Attributes = true,
    bool HardLinks = true)
{
    private const int PatternsMax = 200;
    private const int PatternLengthMax = 500;

    /// <summary>Names of the product itself at the root of a file system; neither copied nor deleted.</summary>
    private const string OwnFiles = $"/{NasSentinel.OwnPrefix}*";

    /// <returns>Name of an option that is not acceptable, in camelCase; null when all are.</returns>
    public string? FirstInvalid() =>
        DeleteLimit is < 0 or > 1_000_000_000 ? "deleteLimit"
        : BandwidthLimit is < 1024 or > 1L << 50 ? "bandwidthLimit"
        : !ArePatterns(Include) ? "include"
        : !ArePatterns(Exclude) ? "exclude"
        : null;

    /// <summary>The arguments before source and destination.</summary>
    /// <param name="mayDelete">False when a guard has decided against deletions in this run.</param>
    /// <param name="syncsFiles">Whether each file is made durable before it takes its name; false when the destination settles them all at the end.</param>
    /// <param name="progressOnSignal">Whether rsync says how far it is only when it is asked, and not for each file.</param>
    internal IReadOnlyList<string> ToArguments(bool mayDelete, bool wholeFiles, bool syncsFiles, bool progressOnSignal)
    {
        List<string> arguments =
        [
            // -S: holes stay holes. --numeric-ids: user names of two machines need not agree.
            "-rlptgoDS", "--numeric-ids", "--no-human-readable", "--partial-dir=.rsync-partial", "--timeout=300",
            // --stderr=client: a daemon on a pair of pipes would write what it could not do to its own standard error, which nobody reads,
            // and the run would look good.
            // Times are compared to the nanosecond: by whole seconds, a file that changed twice within one would look the same.
            "--modify-window=-1",
            progressOnSignal ? "--info=stats2" : "--info=progress2,stats2", "--outbuf=L", "--protect-args", "--no-motd", "--password-file=-", "--stderr=client",
            // Without it, what rsync says before it waits for an answer stays here until the other end has acknowledged what came before, 40 ms
            // later: twice while the connection is opened and once at its end.
            "--sockopts=TCP_NODELAY",
        ];
        if (HardLinks)
            arguments.Add("-H");
        if (Attributes)
            arguments.AddRange(["-A", "-X"]);
        if (syncsFiles)
            arguments.Add("--fsync");
        if (wholeFiles)
            arguments.Add("--whole-file");
        if (Compress)
            arguments.Add("--compress");
        if (BandwidthLimit is { } limit)
            arguments.Add($"--bwlimit={RsyncProgram.Text(Math.Max(1, limit / 1024))}");
        if (Delete && mayDelete)
        {
            arguments.Add("--delete-delay");
            if (DeleteLimit is { } deletions)
                arguments.Add($"--max-delete={RsyncProgram.Text(deletions)}");
        }
        arguments.Add($"--exclude={OwnFiles}");
        arguments.AddRange(Include.Select(pattern => $"--include={pattern}"));
        arguments.AddRange(Exclude.Select(pattern => $"--exclude={pattern}"));
        return arguments;
    }

    // A "!" alone would clear the list, with it the product's own files; control characters have no business in a pattern.
    private static bool ArePatterns(IReadOnlyList<string> patterns) =>
        patterns.Count <= PatternsMax && patterns.All(p => p is { Length: > 0 and <= PatternLengthMax } && p != "!" && !p.Any(char.IsControl));
}
