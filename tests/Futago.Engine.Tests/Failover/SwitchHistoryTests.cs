using Futago.Engine.Contracts.Failover;
using Futago.Engine.Failover;
using Futago.Failover;
using Microsoft.Extensions.Logging.Abstractions;

namespace Futago.Engine.Tests.Failover;

/// <summary>The format is kept: docs/on-disk/failover-history.md.</summary>
public sealed class SwitchHistoryTests : IDisposable
{
    private const string Version1 =
        """{"formatVersion":1,"switches":[{"kind":"takeover","automatic":true,"term":7,"startedAt":"2026-11-28T09:00:00+00:00","finishedAt":"2026-11-28T09:00:00.25+00:00","silenceMilliseconds":7504,"steps":[{"step":"Promote","milliseconds":12.5},{"step":"OpenPort","milliseconds":3}]}],"checksum":"sha256:153adfdaf5d04fed3287614836bb5a6af648a47fa26774db0fd2b1ca259be3e4"}""";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("futago-history-");

    private string File => Path.Combine(_directory.FullName, "history.json");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Version1_IsRead()
    {
        System.IO.File.WriteAllText(File, Version1 + "\n");

        var entry = Assert.Single(Open().Switches);

        Assert.Equal((FailoverSwitchKind.Takeover, true, 7UL, 7504L), (entry.Kind, entry.Automatic, entry.Term, entry.SilenceMilliseconds));
        Assert.Equal([new("Promote", 12.5), new("OpenPort", 3)], entry.Steps);
    }

    [Fact]
    public void DamagedFile_IsAnEmptyHistory()
    {
        System.IO.File.WriteAllText(File, Version1.Replace("\"term\":7", "\"term\":8", StringComparison.Ordinal) + "\n");

        Assert.Empty(Open().Switches);
    }

    [Fact]
    public async Task Switches_OutliveTheProcess_NewestFirst_AndAtMost50()
    {
        var history = Open();
        for (var term = 1UL; term <= 60; term++)
        {
            history.Begin(FailoverSwitchKind.HandOver, automatic: false, term, null);
            history.AddStep(FailoverStep.Demote, TimeSpan.FromMilliseconds(term));
            Assert.NotNull(history.End(null));
        }
        await history.SavedAsync();

        var read = Open().Switches;
        Assert.Equal(50, read.Count);
        Assert.Equal((60UL, 60.0), (read[0].Term, read[0].Steps[0].Milliseconds));
    }

    [Fact]
    public void OpenSwitch_IsShownFirst_AndOnlyItsKindEndsIt()
    {
        var history = Open();
        history.Begin(FailoverSwitchKind.Takeover, automatic: true, 3, 8000);
        history.AddStep(FailoverStep.Promote, TimeSpan.FromMilliseconds(4));

        Assert.Null(history.End(null, FailoverSwitchKind.HandOver));
        Assert.Null(history.Switches[0].FinishedAt);
        Assert.Equal("Promote", history.Switches[0].Steps[0].Step);
        history.Forget();
        Assert.Empty(history.Switches);
    }

    private SwitchHistory Open() => new(File, TimeProvider.System, NullLogger.Instance);
}
