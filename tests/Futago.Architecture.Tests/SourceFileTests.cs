using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Futago.Architecture.Tests;

public partial class SourceFileTests
{
    private const int MaxLines = 500;

    /// <summary>Longer files, each with the reason why it is one piece.</summary>
    private static readonly Dictionary<string, string> LongFiles = [];

    private static readonly HashSet<string> NamelessFolders = new(StringComparer.OrdinalIgnoreCase) { "Helpers", "Common", "Utils", "Utilities", "Managers", "Misc" };

    [Fact]
    public void Sources_LongerThanAPersonReads_AreListedWithAReason()
    {
        var tooLong = Repository.Files(".cs", ".razor", ".sh", ".js")
            .Where(file => !IsGenerated(file) && !LongFiles.ContainsKey(file))
            .Select(file => (file, lines: Repository.Read(file).Count(c => c == '\n')))
            .Where(entry => entry.lines > MaxLines);

        Assert.Empty(tooLong);
    }

    [Fact]
    public void LongFiles_ThatAreGone_AreTakenOffTheList() => Assert.Empty(LongFiles.Keys.Except(Repository.Files()));

    [Fact]
    public void Folders_AreNamedAfterWhatTheyHold()
    {
        var nameless = Repository.Files(".cs", ".razor").Where(file => file.Split('/').SkipLast(1).Any(NamelessFolders.Contains));

        Assert.Empty(nameless);
    }

    [Fact]
    public void ShellScripts_Parse()
    {
        var scripts = Repository.Files("", ".sh").Where(IsShellScript).ToList();

        Assert.Contains("futago", scripts);
        Assert.All(scripts, script => Assert.Equal("", ParseErrors(script)));
    }

    /// <summary>Permanent event ids: two messages of one component with one id could not be told apart in a log.</summary>
    [Fact]
    public void LogMessages_OfOneProject_HaveDifferentIds()
    {
        var repeated =
            from file in Repository.Files(".cs")
            where file.StartsWith("src/", StringComparison.Ordinal)
            from Match match in LogMessage().Matches(Repository.Read(file))
            group file by (Project: file.Split('/')[1], Id: match.Groups[1].Value) into uses
            where uses.Count() > 1
            select $"{uses.Key.Project}: {uses.Key.Id} in {string.Join(", ", uses)}";

        Assert.Empty(repeated);
    }

    /// <summary>“1 volumes” is wrong, and a sentence for each number is one too many: “volumes: 1” is right for all of them.</summary>
    [Fact]
    public void Texts_WithACount_AreRightForOneToo()
    {
        var plurals =
            from file in Repository.Files(".cs", ".razor")
            where file.StartsWith("src/", StringComparison.Ordinal)
            from Match match in CountedPlural().Matches(Repository.Read(file))
            select $"{file}: {match.Value}";

        Assert.Empty(plurals);
    }

    /// <summary>Somebody sets the clock of a node, or its battery is empty: who serves, and what is up to date, must not depend on it.</summary>
    [Theory]
    [InlineData("src/Futago.Failover/")]
    [InlineData("src/Futago.Replication/")]
    public void Decisions_ReadNoWallClock(string project)
    {
        var sources = Repository.Files(".cs").Where(file => file.StartsWith(project, StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(sources);
        Assert.DoesNotContain(sources, file => WallClock().IsMatch(Repository.Read(file)));
    }

    private static bool IsGenerated(string file) => file.StartsWith("migrations/", StringComparison.Ordinal) && file.Contains("/Migrations/", StringComparison.Ordinal);

    private static bool IsShellScript(string file)
    {
        using var reader = new StreamReader(Path.Combine(Repository.Root, file));
        return reader.ReadLine() is { } first && first.StartsWith("#!", StringComparison.Ordinal) && ShellName().IsMatch(first);
    }

    private static string ParseErrors(string script)
    {
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-n", script]) { WorkingDirectory = Repository.Root, RedirectStandardError = true })!;
        var errors = bash.StandardError.ReadToEnd();
        bash.WaitForExit();
        return bash.ExitCode == 0 ? errors : $"{errors} (exit code {bash.ExitCode})";
    }

    [GeneratedRegex(@"\b(UtcNow|GetUtcNow|DateTime|DateTimeOffset|LocalNow|GetLocalNow|CLOCK_REALTIME)\b")]
    private static partial Regex WallClock();

    /// <summary>A number that is called a count, and a word with an s at its end within the next three.</summary>
    [GeneratedRegex(@"\{[\w.]*count\} (?:[a-z]+ ){0,2}?(?!is\b|was\b|has\b)[A-Za-z]+s\b", RegexOptions.IgnoreCase)]
    private static partial Regex CountedPlural();

    [GeneratedRegex(@"\b(ba)?sh\b")]
    private static partial Regex ShellName();

    [GeneratedRegex(@"\[LoggerMessage\(\s*(?:EventId\s*=\s*)?(\d+)")]
    private static partial Regex LogMessage();
}
