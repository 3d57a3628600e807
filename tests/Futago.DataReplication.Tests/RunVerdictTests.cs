using Futago.DataReplication.Rsync;
using Futago.DataReplication.Runs;

namespace Futago.DataReplication.Tests;

public sealed class RunVerdictTests
{
    [Theory]
    [InlineData(24, "file has vanished: \"/a\"", RunOutcome.Warning, RunReason.FilesVanished)]
    [InlineData(23, "rsync: [receiver] mkstemp \"/x\" failed: Permission denied (13)", RunOutcome.Warning, RunReason.Partial)]
    [InlineData(23, "rsync: [receiver] mkstemp \"/x\" failed: Read-only file system (30)", RunOutcome.Failed, RunReason.DestinationReadOnly)]
    [InlineData(11, "rsync: [receiver] write failed on \"x\": No space left on device (28)", RunOutcome.Failed, RunReason.DestinationFull)]
    [InlineData(12, "rsync error: error in rsync protocol data stream", RunOutcome.Failed, RunReason.Network)]
    [InlineData(5, "@ERROR: auth failed on module office", RunOutcome.Failed, RunReason.Denied)]
    [InlineData(2, "rsync: protocol incompatibility", RunOutcome.Failed, RunReason.Configuration)]
    [InlineData(20, "rsync error: received SIGINT, SIGTERM, or SIGHUP (code 20)", RunOutcome.Failed, RunReason.Internal)]
    [InlineData(128 + 9, "", RunOutcome.Failed, RunReason.Internal)]
    [InlineData(77, "", RunOutcome.Failed, RunReason.Internal)]
    public void Verdict_ComesFromTheExitCodeAndWhatWasSaid(int exitCode, string said, RunOutcome outcome, RunReason reason)
    {
        var verdict = RunVerdict.Of(exitCode, [said], deletedToTheLimit: false);

        Assert.Equal((outcome, reason), (verdict.Outcome, verdict.Reason));
    }

    [Theory]
    [InlineData("3.4.9", true)]
    [InlineData("3.5.0", false)]
    [InlineData("4.0.0", false)]
    [InlineData(null, false)]
    public void Rsync_OlderThanTheSafeVersion_IsOld(string? version, bool old) => Assert.Equal(old, RsyncProgram.IsOld(version));
}
