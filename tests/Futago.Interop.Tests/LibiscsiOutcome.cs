using System.Text.RegularExpressions;

namespace Futago.Interop.Tests;

/// <summary>How one test of the conformance tool ended on one kind of LUN, as the tool's own output says.</summary>
/// <param name="Name">Suite and test.</param>
/// <param name="Skips">Its lines with [SKIPPED].</param>
public sealed partial record LibiscsiOutcome(string Kind, string Name, bool Passed, IReadOnlyList<string> Skips)
{
    /// <summary>
    /// Tests that go through several commands and skip the one that is not offered: the rest of them was executed.
    /// </summary>
    private static readonly string[] PartsThatMayBeSkipped =
        ["CRYPTO_ERASE", "No alignment restrictions on this LUN", "No granularity restrictions on this LUN"];

    public bool WasExecuted => Skips.Count == 0 || (Name != "Sanitize.CryptoErase" && Skips.All(skip => PartsThatMayBeSkipped.Any(skip.Contains)));

    /// <summary>Reads the verbose output of one suite: what stands between one "Test:" and the next belongs to one test.</summary>
    public static IReadOnlyList<LibiscsiOutcome> Parse(string kind, string suite, string output) =>
    [
        .. output.Split("  Test: ").Skip(1).Select(text => new LibiscsiOutcome(
            kind,
            $"{suite}.{text[..text.IndexOf(' ', StringComparison.Ordinal)]}",
            Verdict().Match(text).Groups[1].Value == "passed",
            [.. text.Split('\n').Where(line => line.Contains("[SKIPPED]", StringComparison.Ordinal)).Select(line => line.Trim())])),
    ];

    // The verdict starts a line or follows the dots behind the test's name. "[FAILED]" elsewhere is sense data that the tool coped with.
    [GeneratedRegex(@"(?:^|\.\.\.)(passed|FAILED)", RegexOptions.Multiline)]
    private static partial Regex Verdict();
}
