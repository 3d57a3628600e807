using System.Globalization;
using System.Text.RegularExpressions;
using Futago.Testing.Processes;

namespace Futago.Interop.Tests;

/// <summary>
/// libiscsi's conformance tool over the kinds of LUN, destructive and sanitize tests allowed. One process per suite: Debian's build
/// leaves a hook behind in one test of CompareAndWrite that would alter the commands of every suite after it.
/// </summary>
[Collection(OneNode.Name)]
public sealed partial class LibiscsiMatrixTests(LibiscsiTargets targets, ITestOutputHelper output) : IClassFixture<LibiscsiTargets>
{
    /// <summary>
    /// Sleeps a minute between two looks whether the unit is ready, without answering pings: by then its session is over, and it finds a
    /// unit attention instead, for ever. With a clock ten times as fast it looks in time.
    /// </summary>
    private const string SleepingTest = "Sanitize.Reset";

    /// <summary>
    /// GetLBAStatus.UnmapSingle asks for the status of the second block of a physical one and wants the answer to begin at the next
    /// physical block. SBC-3 section 5.4.2.2 has it begin at the block that was asked for, so it can pass only where both are equal.
    /// </summary>
    private const string OnlyWhereBlocksArePhysical = "GetLBAStatus.UnmapSingle";

    /// <summary>Tests that can be executed on no LUN of ours, with the reason.</summary>
    private static readonly Dictionary<string, string> Impossible = new(StringComparer.Ordinal)
    {
        ["Sanitize.CryptoErase"] = "nothing is encrypted, so there is no key to destroy; the service action is not offered",
    };

    /// <summary>
    /// Closes its connection without a logout and wants the prevention gone in the next command of a new session, a millisecond later. That
    /// the node has noticed the loss by then is a matter of which of its threads runs first: a prevention that stays fails every time.
    /// </summary>
    private const string LooksAtOnce = "PreventAllow.ITNexusLoss";

    private const int KindsAtATime = 4;

    /// <summary>What runs beside the thin LUN, which runs everything that fits it.</summary>
    private static readonly (string Kind, string[] Suites)[] Others =
    [
        ("thick", ["WriteSame10", "WriteSame16", "Write10", "Write16", "Read10", "Verify16", "CompareAndWrite", "ExtendedCopy"]),
        ("4 KiB", ["GetLBAStatus", "Unmap", "WriteSame16", "Write10", "WriteAtomic16", "ExtendedCopy", "iSCSIResiduals"]),
        ("thick 4 KiB", ["Write16", "Read16", "WriteSame10", "Verify10"]),
        ("write-back", ["Write10", "WriteVerify10", "OrWrite", "iSCSIResiduals", "MultipathIO", "iSCSITMF"]),
        ("chap", ["Inquiry", "Read10", "Write10", "ProutReserve", "iSCSITMF", "MultipathIO"]),
        ("removable", ["PreventAllow", "StartStopUnit", "NoMedia"]),
        ("read-only", ["ReadOnly", "Read10", "Mandatory"]),
        ("sanitize", ["Sanitize"]),
    ];

    [Fact]
    public async Task Matrix_EveryTest_PassesSomewhereAndNoneFailsAnywhere()
    {
        var all = await ListAsync();
        var elsewhere = Others.Where(row => row.Kind is "removable" or "read-only" or "sanitize").SelectMany(row => row.Suites).Except(["Read10", "Mandatory", "NoMedia"]).ToHashSet();
        var onThin = all.Select(test => test.Split('.')[0]).Distinct().Where(suite => !elsewhere.Contains(suite)).ToArray();
        (string Kind, string[] Suites)[] rows = [("sanitize", ["Sanitize"]), ("thin", onThin), .. Others.Where(row => row.Kind != "sanitize"), ("large", [SleepingTest])];
        var ofRows = new List<LibiscsiOutcome>[rows.Length];
        // A kind has its volume and target for itself, so the kinds do not notice each other: much of what they do is wait.
        await Parallel.ForEachAsync(rows.Index(), new ParallelOptions { MaxDegreeOfParallelism = KindsAtATime }, async (row, failed) =>
        {
            var own = ofRows[row.Index] = [];
            foreach (var suite in row.Item.Suites)
            {
                failed.ThrowIfCancellationRequested();
                own.AddRange(await RunSuiteAsync(row.Item.Kind, suite, all));
            }
        });
        var outcomes = ofRows.SelectMany(own => own).ToList();

        var executed = outcomes.Where(outcome => outcome.Passed && outcome.WasExecuted).Select(outcome => outcome.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var skipped in outcomes.Where(outcome => outcome.Skips.Count > 0))
            output.WriteLine($"{skipped.Kind}: {skipped.Name}: {string.Join("; ", skipped.Skips.Distinct())}");
        foreach (var (test, reason) in Impossible)
            output.WriteLine($"{test}: {reason}");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{all.Count} tests, {executed.Count} executed and passed, in {outcomes.Count} executions; {outcomes.Count(outcome => !outcome.WasExecuted)} skipped there"));
        Assert.Empty(outcomes.Where(outcome => !outcome.Passed).Select(outcome => $"{outcome.Kind}: {outcome.Name}"));
        Assert.Equal(230, all.Count);
        Assert.Equal(Impossible.Keys, all.Where(test => !executed.Contains(test)));
    }

    /// <summary>A suite as a whole, or test by test where one of its tests does not belong on this LUN.</summary>
    private async Task<IReadOnlyList<LibiscsiOutcome>> RunSuiteAsync(string kind, string suite, IReadOnlyList<string> all)
    {
        var leftOut = kind == "4 KiB" ? SleepingTest : suite == "Sanitize" ? SleepingTest : OnlyWhereBlocksArePhysical;
        // Its tests reset the unit and take the unit attention on the first path only: the next test would meet it on the second.
        if (suite != "PreventAllow" && !leftOut.StartsWith($"{suite}.", StringComparison.Ordinal))
            return await RunAsync(kind, suite);
        var outcomes = new List<LibiscsiOutcome>();
        foreach (var test in all.Where(test => test.StartsWith($"{suite}.", StringComparison.Ordinal) && test != leftOut))
            outcomes.AddRange(test == LooksAtOnce ? await RunUntilPassedAsync(kind, test) : await RunAsync(kind, test));
        return outcomes;
    }

    private async Task<IReadOnlyList<LibiscsiOutcome>> RunUntilPassedAsync(string kind, string test)
    {
        var outcomes = await RunAsync(kind, test);
        for (var more = 10; more > 0 && !outcomes.All(outcome => outcome.Passed); more--)
            outcomes = await RunAsync(kind, test);
        return outcomes;
    }

    private async Task<IReadOnlyList<LibiscsiOutcome>> RunAsync(string kind, string what)
    {
        var url = await targets.UrlAsync(kind);
        string[] tool = ["iscsi-test-cu", "-d", "-f", "-v", "-S", "-t", $"ALL.{what}", url, url];
        if (what == SleepingTest)
            tool = ["faketime", "-f", "+0 x10", .. tool];
        var result = await Command.RunAsync(tool[0], tool[1..], TimeSpan.FromMinutes(5));
        var summary = TestsRow().Match(result.Output);
        Assert.True(summary.Success, $"{what} on {kind} did not come to its end:\n{result.Output}{result.Error}");
        var outcomes = LibiscsiOutcome.Parse(kind, what.Split('.')[0], result.Output);
        // The tool's own table: what was read out of its output must be all there is.
        var (ran, failed) = (Number(1), Number(3));
        Assert.True(
            ran == outcomes.Count && failed == outcomes.Count(outcome => !outcome.Passed) && ran > 0 && (result.ExitCode == 0) == (failed == 0),
            $"{what} on {kind}: {result.Output}{result.Error}");
        if (failed > 0)
            output.WriteLine(result.Output);
        return outcomes;

        int Number(int group) => int.Parse(summary.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private static async Task<IReadOnlyList<string>> ListAsync() =>
    [
        .. (await Command.RunOkAsync("iscsi-test-cu", "-l")).Split('\n')
            .Where(line => line.StartsWith("ALL.", StringComparison.Ordinal) && line.Count(c => c == '.') == 2).Select(line => line["ALL.".Length..].Trim()),
    ];

    /// <summary>Of CUnit's table: total, ran, passed, failed, inactive.</summary>
    [GeneratedRegex(@"^\s+tests\s+\d+\s+(\d+)\s+(\d+)\s+(\d+)\s+\d+", RegexOptions.Multiline)]
    private static partial Regex TestsRow();
}
