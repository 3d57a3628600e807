using System.Globalization;
using Futago.Console.Client.DataReplication;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.DataReplication;
using FileSystemInfo = Futago.Engine.Contracts.Volumes.FileSystemInfo;

namespace Futago.Management.DataReplication;

/// <summary>What the test of a destination says, step by step.</summary>
internal static class AgentTest
{
    /// <summary>Clocks further apart than this are worth a word: recovery points of two nodes are compared by people.</summary>
    private static readonly TimeSpan ClockDifferenceMax = TimeSpan.FromSeconds(5);

    /// <summary>The first without the known faults that the agent's guards make up for.</summary>
    private static readonly Version RsyncWithoutKnownFaults = new(3, 5, 0);

    private static readonly string[] Steps = ["address", "certificate", "user", "share", "space", "clock", "rsync"];

    /// <summary>The agent could not be asked: what comes before the failed step is in order, what comes after it was not tried.</summary>
    public static IReadOnlyList<TestStep> StoppedAt(string failed, Problem problem) =>
    [
        .. Steps.Select(s => s == failed ? new TestStep(s, TestResult.Failed, problem.Detail, problem.Code, problem.Args)
            : Array.IndexOf(Steps, s) < Array.IndexOf(Steps, failed) ? Step(s, TestResult.Ok, "step.in-order", "In order.")
            : NotTried(s)),
    ];

    public static IEnumerable<TestStep> Reached(AgentReference agent, AgentOffer offer) =>
    [
        Step("address", TestResult.Ok, "address.answers", $"{agent.Address} answers on port {agent.Port}.", ("address", agent.Address), ("port", $"{agent.Port}")),
        Step("certificate", TestResult.Ok, "certificate.proven",
            $"The connection is encrypted. The agent's certificate has the fingerprint {offer.Fingerprint}, and it has proven to know the password.",
            ("fingerprint", offer.Fingerprint)),
        Step("user", TestResult.Ok, "user.accepted", $"The agent accepts the user {agent.User} from this node's address.", ("user", agent.User)),
    ];

    /// <param name="share">Null: the agent does not offer it.</param>
    public static TestStep Share(string wanted, OfferedShareInfo? share, AgentOffer offer)
    {
        if (share is { Problem: { } problem })
            return new TestStep("share", TestResult.Failed, problem, share.Code);
        if (share is not null)
            return Step("share", TestResult.Ok, "share.writable", $"The share {share.Name} can be written.", ("share", share.Name));
        var offered = string.Join(", ", offer.Shares.Select(s => s.Name));
        return Step("share", TestResult.Failed, "share.not-offered",
            $"The agent offers this user no share {wanted}{(offered.Length == 0 ? "" : $", but {offered}")}.", ("share", wanted), ("offered", offered));
    }

    /// <param name="source">File system of the source; null when it is not known.</param>
    public static TestStep Space(OfferedShareInfo? share, FileSystemInfo? source)
    {
        if (share is null or { Problem: not null })
            return NotTried("space");
        var (free, size) = (ByteSize.Format(share.FreeBytes), ByteSize.Format(share.SizeBytes));
        var sentence = $"{free} of {size} are free at the destination";
        if (source is not { MountPoint: not null })
            return Step("space", TestResult.Ok, "space.free", sentence + ".", ("free", free), ("size", size));
        var used = source.SizeBytes - source.FreeBytes;
        if (used > share.SizeBytes)
            return Step("space", TestResult.Failed, "space.too-small", $"The source volume holds {ByteSize.Format(used)}, but the destination has only {size} in all.",
                ("used", ByteSize.Format(used)), ("size", size));
        return source.SizeBytes > share.SizeBytes
            ? Step("space", TestResult.Warning, "space.smaller",
                $"{sentence}. The destination is smaller than the source volume ({ByteSize.Format(source.SizeBytes)}); they should have the same size.",
                ("free", free), ("size", size), ("source", ByteSize.Format(source.SizeBytes)))
            : Step("space", TestResult.Ok, "space.free", $"{sentence}; the source volume holds {ByteSize.Format(used)}.",
                ("free", free), ("size", size), ("used", ByteSize.Format(used)));
    }

    /// <param name="ahead">Of the agent's clock; negative when it is behind.</param>
    public static TestStep Clock(TimeSpan ahead)
    {
        var seconds = Math.Abs(ahead.TotalSeconds).ToString("0.#", CultureInfo.InvariantCulture);
        if (ahead.Duration() <= ClockDifferenceMax)
            return Step("clock", TestResult.Ok, "clock.agree", $"The clocks agree within {seconds} s.", ("seconds", seconds));
        return ahead > TimeSpan.Zero
            ? Step("clock", TestResult.Warning, "clock.ahead", $"The agent's clock is {seconds} s ahead of this node's. Set both by the same time service.", ("seconds", seconds))
            : Step("clock", TestResult.Warning, "clock.behind", $"The agent's clock is {seconds} s behind this node's. Set both by the same time service.", ("seconds", seconds));
    }

    /// <param name="version">Null: there is none.</param>
    public static TestStep Rsync(string? version)
    {
        if (version is null)
            return Step("rsync", TestResult.Failed, "rsync.missing", "rsync is not installed at the destination.");
        return Version.TryParse(version, out var number) && number < RsyncWithoutKnownFaults
            ? Step("rsync", TestResult.Warning, "rsync.old",
                $"The destination has rsync {version}. Known faults of rsync were mended in 3.5.0; the agent's own guards hold, but an update is due.", ("version", version))
            : Step("rsync", TestResult.Ok, "rsync.found", $"The destination has rsync {version}.", ("version", version));
    }

    private static TestStep NotTried(string step) => Step(step, TestResult.Skipped, "step.not-tried", "Not tried.");

    private static TestStep Step(string name, TestResult result, string code, string text, params (string Name, string Value)[] args) =>
        new(name, result, text, code, args.ToDictionary(a => a.Name, a => a.Value));
}
