using Bunit;
using Futago.Console.Client.DataReplication;
using Futago.Console.Client.Snapshots;
using Futago.Console.Components.Dialogs;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Console.Tests.Fakes;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.DataReplication;
using TestResult = Futago.Console.Client.DataReplication.TestResult;

namespace Futago.Console.Tests.Dialogs;

public sealed class TaskDialogTests : DialogContext
{
    [Fact]
    public void Replication_BandwidthLimit_IsShownAndReadAsEverySpeed()
    {
        var task = Sample.ReplicationTask();
        task = task with { Settings = task.Settings with { Options = task.Settings.Options with { BandwidthLimitBytesPerSecond = 512 * ByteSize.KiB } } };

        var dialog = Render<ReplicationTaskDialog>(p => p.Add(d => d.Existing, task));

        Assert.Equal("512 KiB/s", dialog.Find("#bandwidthLimitBytesPerSecond").GetAttribute("value"));
        Type(dialog, "bandwidthLimitBytesPerSecond", "fast");
        Submit(dialog);
        Assert.Equal(Sentence.Of(FieldsText.SpeedLimit, "1 KiB/s"), ErrorAt(dialog, "bandwidthLimitBytesPerSecond"));
        Type(dialog, "bandwidthLimitBytesPerSecond", "2 MiB/s");
        Submit(dialog);
        var request = Assert.IsType<ValueTuple<string, UpdateReplicationTask>>(Node.DataReplication.Requests[^1]).Item2;
        Assert.Equal(2 * ByteSize.MiB, request.Options!.BandwidthLimitBytesPerSecond);
    }

    [Fact]
    public void ReplicationTask_ShowsItsNextRunsAndSendsWhatWasTyped()
    {
        var dialog = Render<ReplicationTaskDialog>();
        Fill(dialog);

        Assert.Contains("2026-12-01 18:00", dialog.Find(".next-runs").TextContent, StringComparison.Ordinal);
        Submit(dialog);

        Assert.True(Closed);
        var request = Assert.IsType<CreateReplicationTask>(Assert.Single(Node.DataReplication.Requests));
        Assert.Equal(("DataReplication", "office", "10.77.0.2", "office", "repl", "Mon-Fri 18:00"),
            (request.Name, request.Source, request.Destination, request.Share, request.User, request.Schedule));
    }

    [Fact]
    public void ReplicationTask_WithAScheduleThatCannotBeRead_SaysSoBesideTheField()
    {
        var dialog = Render<ReplicationTaskDialog>();

        Type(dialog, "schedule", "never on Sunday");

        Assert.Contains("never on Sunday", ErrorAt(dialog, "schedule"), StringComparison.Ordinal);
        Assert.Empty(dialog.FindAll(".next-runs"));
    }

    [Fact]
    public void ReplicationTask_WithPatternsThatHoldBlanks_KeepsThemWhole()
    {
        var dialog = Render<ReplicationTaskDialog>();
        Fill(dialog);

        Type(dialog, "exclude", "*.tmp\n/Old files/\n");
        Type(dialog, "include", "important.tmp");
        dialog.Find("#hardLinks").Change(false);
        Submit(dialog);

        var options = Assert.IsType<CreateReplicationTask>(Assert.Single(Node.DataReplication.Requests)).Options!;
        Assert.Equal(["*.tmp", "/Old files/"], options.Exclude!);
        Assert.Equal(["important.tmp"], options.Include!);
        Assert.Equal((true, false), (options.Attributes, options.HardLinks));
    }

    [Fact]
    public void ReplicationTask_BrowsesAndTakesAShare()
    {
        Node.DataReplication.Offer = new AgentOffer("aa", "3.5.0", 0, [new OfferedShareInfo("office", 1, 1, null), new OfferedShareInfo("archive", 1, 1, null)]);
        var dialog = Render<ReplicationTaskDialog>();
        Fill(dialog);

        Button(dialog, DataReplicationText.Browse).Click();
        Button(dialog, "archive").Click();

        Assert.Equal("archive", dialog.Find("#share").GetAttribute("value"));
    }

    [Fact]
    public void ReplicationTask_Tested_ShowsEachStep()
    {
        Node.DataReplication.Steps.AddRange([new("address", TestResult.Ok, "It answers."), new("user", TestResult.Failed, "The password is wrong."), new("share", TestResult.Skipped, "Not tried.")]);
        var dialog = Render<ReplicationTaskDialog>();
        Fill(dialog);

        Button(dialog, DataReplicationText.Test).Click();

        var steps = dialog.FindAll("li").Select(l => l.TextContent).ToList();
        Assert.Contains(steps, s => s.Contains(DataReplicationText.ResultFailed, StringComparison.Ordinal) && s.Contains("The password is wrong.", StringComparison.Ordinal));
    }

    [Fact]
    public void ReplicationTask_TestedInJapanese_SaysEachSentenceInJapanese()
    {
        UseCulture("ja");
        Node.DataReplication.Steps.AddRange(
        [
            new("share", TestResult.Failed, "No share.", "share.not-offered", new Dictionary<string, string> { ["share"] = "office", ["offered"] = "archive" }),
            new("user", TestResult.Failed, "Denied.", ProblemCodes.AgentDenied),
            new("rsync", TestResult.Ok, "From a newer node.", "rsync.of-tomorrow"),
        ]);
        var dialog = Render<ReplicationTaskDialog>();
        Fill(dialog);

        Button(dialog, DataReplicationText.Test).Click();

        var steps = dialog.FindAll("ul.checks li").Select(l => l.TextContent).ToList();
        Assert.Contains("「office」を提供していません。提供されている共有: archive", steps[0], StringComparison.Ordinal);
        Assert.Contains("ユーザー名またはパスワードが違う", steps[1], StringComparison.Ordinal);
        Assert.Contains("From a newer node.", steps[2], StringComparison.Ordinal);
    }

    [Fact]
    public void ReplicationTask_ThatTheAgentRefuses_StaysOpenWithTheReason()
    {
        Node.DataReplication.Refusal = new Problem(ProblemCodes.AgentShareUnknown, "The agent offers no share office.", "share");
        var dialog = Render<ReplicationTaskDialog>();
        Fill(dialog);

        Submit(dialog);

        Assert.False(Closed);
        Assert.NotNull(ErrorAt(dialog, "share"));
    }

    [Fact]
    public void SnapshotSchedule_SendsVolumeScheduleAndRules()
    {
        var dialog = Render<SnapshotScheduleDialog>(p => p.Add(d => d.Volumes, [Sample.Volume(), Sample.NasVolume()]).Add(d => d.VolumePath, "vg00/nas0"));

        Type(dialog, "name", "hourly");
        Type(dialog, "weeks", "");
        Type(dialog, "months", "12");
        Submit(dialog);

        Assert.True(Closed);
        Assert.Equal(
            new CreateSnapshotSchedule("hourly", "vg00/nas0", "every 1h", new RetentionRules(Hours: 24, Days: 7, Months: 12)),
            Assert.Single(Node.SnapshotSchedules.Requests));
    }

    [Fact]
    public void SnapshotSchedule_WithRulesThatDelete_ListsTheSnapshotsAndWantsAYes()
    {
        Node.SnapshotSchedules.Preview = rules => rules.Days == 1
            ? new RetentionPreview([Sample.Snapshot("auto-20261101-1800")], [Sample.Snapshot()], 10)
            : new RetentionPreview([], [], 12);
        var dialog = Render<SnapshotScheduleDialog>(p => p.Add(d => d.Existing, Sample.SnapshotSchedule()));

        Type(dialog, "days", "1");
        Assert.Contains("auto-20261101-1800", dialog.Find(".doomed").TextContent, StringComparison.Ordinal);
        Submit(dialog);
        Assert.False(Closed);
        Assert.Equal(SnapshotsText.RetentionUnconfirmed, dialog.Find("#confirm-error").TextContent.Replace("error", "", StringComparison.Ordinal).Trim());
        dialog.Find("#confirm").Change(true);
        Submit(dialog);

        Assert.True(Closed);
        Assert.Equal(
            ("hourly", new UpdateSnapshotSchedule("hourly", "every 1h", true, new RetentionRules(Hours: 24, Days: 1), "hourly")),
            Assert.Single(Node.SnapshotSchedules.Requests));
    }

    [Fact]
    public void SnapshotSchedule_ThatKeepsNothing_IsNotSent()
    {
        var dialog = Render<SnapshotScheduleDialog>(p => p.Add(d => d.Volumes, [Sample.Volume()]));

        Type(dialog, "name", "hourly");
        foreach (var field in new[] { "hours", "days", "weeks" })
            Type(dialog, field, "0");
        Submit(dialog);

        Assert.Contains(SnapshotsText.KeepNothing, dialog.Markup, StringComparison.Ordinal);
        Assert.Empty(Node.SnapshotSchedules.Requests);
    }

    private static void Fill(IRenderedComponent<ReplicationTaskDialog> dialog)
    {
        Type(dialog, "name", "DataReplication");
        Type(dialog, "source", "office");
        Type(dialog, "destination", "10.77.0.2");
        Type(dialog, "user", "repl");
        Type(dialog, "password", "correct horse");
        Type(dialog, "share", "office");
        Type(dialog, "schedule", "Mon-Fri 18:00");
    }

    private static AngleSharp.Dom.IElement Button(IRenderedComponent<ReplicationTaskDialog> dialog, string text) =>
        dialog.FindAll("button").Single(b => b.TextContent.Contains(text, StringComparison.Ordinal));
}
