using Futago.Console.Client.Events;
using Futago.Console.Client.VolumeReplication;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;
using Futago.Management.Tests.Pairing;
using Futago.Management.VolumeReplication;

namespace Futago.Management.Tests.VolumeReplication;

/// <summary>Roles: never two sources, and after every break it is said where things stand.</summary>
public sealed class RoleTests(DatabaseFixture databases) : IAsyncLifetime
{
    private const string Task1 = "replication1";
    private const string Reverse = "replication1_reverse";

    private ReplicatedPair _pair = null!;

    private TestNode A => _pair.A;

    private TestNode B => _pair.B;

    public async ValueTask InitializeAsync()
    {
        _pair = await ReplicatedPair.StartAsync(databases);
        await A.Replications.CreateAsync(new CreateVolumeReplication(Task1, "vg00/lv0000", "vg00/lv0000", true));
        await A.Replications.StartAsync(Task1);
    }

    public ValueTask DisposeAsync() => _pair.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Switch_FromEitherNode_DemotesFirst(bool fromSource)
    {
        List<string> steps = [];
        _pair.Status = (node, status) =>
        {
            steps.Add($"{(node == A ? "a" : "b")} {status.Role}");
            return status;
        };

        if (fromSource)
            await A.Replications.SwitchAsync(Task1, new SwitchVolumeReplication());
        else
            await B.Replications.SwitchAsync(Reverse, new SwitchVolumeReplication());

        Assert.Equal(["a Destination", "b Source"], steps);
        Assert.Equal((ReplicationRole.Destination, ReplicationRole.Source), (RoleOf(A), RoleOf(B)));
    }

    [Fact]
    public async Task Switch_AndBack_IsAsBefore()
    {
        await A.Replications.SwitchAsync(Task1, new SwitchVolumeReplication());
        await A.Replications.SwitchAsync(Task1, new SwitchVolumeReplication());

        Assert.Equal((ReplicationRole.Source, ReplicationRole.Destination), (RoleOf(A), RoleOf(B)));
    }

    [Fact]
    public async Task Switch_SourceDoesNotGiveUp_IsAsBefore()
    {
        _pair.Status = (node, status) => node == A
            ? status with { Role = ReplicationRole.Source, RoleProblem = new Problem(ProblemCodes.VolumeReplicationDemoting, "Requests are being finished.") }
            : status;

        var refused = await Refusal.OfAsync(() => A.Replications.SwitchAsync(Task1, new SwitchVolumeReplication()));

        Assert.Equal(ProblemCodes.VolumeReplicationRolePending, refused.Code);
        Assert.Contains("Requests are being finished.", refused.Detail, StringComparison.Ordinal);
        Assert.Equal((ReplicationRole.Source, ReplicationRole.Destination), (RoleOf(A), RoleOf(B)));
    }

    [Fact]
    public async Task Switch_SecondStepFails_SaysWhereItStandsAndCanGoOnEitherWay()
    {
        _pair.Status = (node, status) => node == B
            ? status with { Role = ReplicationRole.Destination, RoleProblem = new Problem(ProblemCodes.VolumeReplicationBusy, "Comparing.") }
            : status;

        var refused = await Refusal.OfAsync(() => A.Replications.SwitchAsync(Task1, new SwitchVolumeReplication()));

        Assert.Equal((ProblemCodes.VolumeReplicationSwitchHalf, "nodeb"), (refused.Code, refused.Args!["node"]));
        Assert.Contains("Comparing.", refused.Detail, StringComparison.Ordinal);
        Assert.Equal((ReplicationRole.Destination, ReplicationRole.Destination), (RoleOf(A), RoleOf(B)));

        _pair.Status = (_, status) => status with { PeerRole = ReplicationRole.Destination };
        _pair.Refresh();
        Assert.Equal(ProblemCodes.VolumeReplicationNoSource, (await A.Replications.GetAsync(Task1)).Problem!.Code);
        Assert.Equal(ProblemCodes.VolumeReplicationNoSource, (await Refusal.OfAsync(() => A.Replications.SwitchAsync(Task1, new SwitchVolumeReplication()))).Code);
        await A.Replications.SwitchAsync(Task1, new SwitchVolumeReplication(PairSide.Here));
        Assert.Equal((ReplicationRole.Source, ReplicationRole.Destination), (RoleOf(A), RoleOf(B)));
    }

    [Fact]
    public async Task Switch_AnswerLost_CanBeRepeated()
    {
        A.Cable = expected => new LosesAnswer(B, A.OwnFingerprint, expected);
        Assert.Equal(ProblemCodes.VolumeReplicationSwitchHalf, (await Refusal.OfAsync(() => A.Replications.SwitchAsync(Task1, new SwitchVolumeReplication()))).Code);

        TestNode.Connect(A, B);
        await A.Replications.SwitchAsync(Task1, new SwitchVolumeReplication(PairSide.Peer));

        Assert.Equal((ReplicationRole.Destination, ReplicationRole.Source), (RoleOf(A), RoleOf(B)));
    }

    [Fact]
    public async Task Switch_NotSyncedOrNotConnected_IsRefused()
    {
        _pair.Status = (_, status) => status with { PeerData = DataState.Inconsistent };
        _pair.Refresh();
        Assert.Equal(ProblemCodes.VolumeReplicationNotSynced, (await Refusal.OfAsync(() => A.Replications.SwitchAsync(Task1, new SwitchVolumeReplication()))).Code);
        _pair.Status = (_, status) => status with { Connection = ReplicationConnection.Connecting };
        _pair.Refresh();
        Assert.Equal(ProblemCodes.VolumeReplicationNotConnected, (await Refusal.OfAsync(() => A.Replications.SwitchAsync(Task1, new SwitchVolumeReplication()))).Code);

        Assert.Equal((ReplicationRole.Source, ReplicationRole.Destination), (RoleOf(A), RoleOf(B)));
    }

    [Fact]
    public async Task Switch_BothSource_NeedsTheSideThatCounts()
    {
        _pair.Status = (_, status) => status with
        {
            Connection = ReplicationConnection.StandAlone,
            PeerRole = null,
            Problem = status.Role == ReplicationRole.Source ? new Problem(ProblemCodes.VolumeReplicationBothSource, "Both are source.") : null,
        };
        await B.Half.SetRoleAsync((await A.Replications.GetAsync(Task1)).Id, ReplicationRole.Source, null, CancellationToken.None);
        _pair.Refresh();

        Assert.Equal(ProblemCodes.VolumeReplicationNotConnected, (await Refusal.OfAsync(() => A.Replications.SwitchAsync(Task1, new SwitchVolumeReplication()))).Code);
        await A.Replications.SwitchAsync(Task1, new SwitchVolumeReplication(PairSide.Peer));

        Assert.Equal((ReplicationRole.Destination, ReplicationRole.Source), (RoleOf(A), RoleOf(B)));
    }

    [Fact]
    public async Task ForceSource_PeerLost_ConfiguresAndForces()
    {
        B.Cable = _ => new PairingTests.Away();
        _pair.Status = (_, status) => status with { Connection = ReplicationConnection.Connecting };
        _pair.Refresh();

        Assert.Equal(ProblemCodes.ConfirmationMismatch, (await Refusal.OfAsync(() => B.Replications.ForceSourceAsync(Reverse, "x"))).Code);
        await B.Replications.ForceSourceAsync(Reverse, Reverse);

        Assert.Equal(ReplicationRole.Source, RoleOf(B));
        Assert.StartsWith("force-source", Assert.Single(B.Plane.Engine.ReplicationCommands), StringComparison.Ordinal);
        Assert.Contains(ConsoleEventCodes.VolumeReplicationSourceForced, await B.EventCodesAsync());
    }

    [Fact]
    public async Task ForceSource_Connected_PointsToSwitch()
    {
        Assert.Equal(ProblemCodes.VolumeReplicationConnected, (await Refusal.OfAsync(() => B.Replications.ForceSourceAsync(Reverse, Reverse))).Code);
        Assert.Empty(B.Plane.Engine.ReplicationCommands);
    }

    /// <summary>The last look at the engine is half a second old and still saw the connection.</summary>
    [Fact]
    public async Task ForceSource_JustStopped_IsDone()
    {
        await A.Replications.StopAsync(Task1);
        _pair.Status = (_, status) => status with { Connection = ReplicationConnection.Connected };
        _pair.Refresh();

        await B.Replications.ForceSourceAsync(Reverse, Reverse);

        Assert.Equal(ReplicationRole.Source, RoleOf(B));
        Assert.StartsWith("force-source", Assert.Single(B.Plane.Engine.ReplicationCommands), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ForceSource_RefusedByTheEngine_IsAsBefore()
    {
        _pair.Status = (_, status) => status with { Connection = ReplicationConnection.Connecting };
        _pair.Refresh();
        B.Plane.Engine.RefuseCommands = ProblemException.Conflict(ProblemCodes.VolumeReplicationDiskFailed, "Failed.");

        Assert.Equal(ProblemCodes.VolumeReplicationDiskFailed, (await Refusal.OfAsync(() => B.Replications.ForceSourceAsync(Reverse, Reverse))).Code);

        Assert.Equal(ReplicationRole.Destination, RoleOf(B));
    }

    [Theory]
    [InlineData(PairSide.Here)]
    [InlineData(PairSide.Peer)]
    public async Task SplitBrain_OneSideGivenUp_MakesTheOtherSource(PairSide side)
    {
        SplitBrain();

        Assert.Equal(ProblemCodes.VolumeReplicationSplitBrain, (await A.Replications.GetAsync(Task1)).Problem!.Code);
        await A.Replications.DiscardSideAsync(Task1, new DiscardSide(side, Task1));

        var (loser, survivor) = side == PairSide.Here ? (A, B) : (B, A);
        Assert.StartsWith("discard-my-side", Assert.Single(loser.Plane.Engine.ReplicationCommands), StringComparison.Ordinal);
        Assert.Empty(survivor.Plane.Engine.ReplicationCommands);
        Assert.Equal((ReplicationRole.Destination, ReplicationRole.Source), (RoleOf(loser), RoleOf(survivor)));
        Assert.Contains(ConsoleEventCodes.VolumeReplicationSideDiscarded, await loser.EventCodesAsync());
    }

    [Fact]
    public async Task SplitBrain_SnapshotFails_GivesUpNothing()
    {
        SplitBrain();
        A.Plane.Engine.RefuseCommands = ProblemException.Conflict(ProblemCodes.VolumeReplicationSnapshotFailed, "No space.");

        Assert.Equal(ProblemCodes.VolumeReplicationSnapshotFailed, (await Refusal.OfAsync(() => A.Replications.DiscardSideAsync(Task1, new DiscardSide(PairSide.Here, Task1)))).Code);

        Assert.Equal(ReplicationRole.Source, RoleOf(A));
    }

    [Fact]
    public async Task DiscardSide_WithoutSplitBrain_IsRefusedOnEitherNode()
    {
        Assert.Equal(ProblemCodes.VolumeReplicationNothingToDo, (await Refusal.OfAsync(() => A.Replications.DiscardSideAsync(Task1, new DiscardSide(PairSide.Here, Task1)))).Code);
        var id = (await A.Replications.GetAsync(Task1)).Id;
        Assert.Equal(ProblemCodes.VolumeReplicationNothingToDo, (await Refusal.OfAsync(() => B.ReplicationRequests.DiscardAsync(id, new PeerDiscardRequest(1, Task1)))).Code);
        Assert.Equal(ProblemCodes.ConfirmationMismatch, (await Refusal.OfAsync(() => B.ReplicationRequests.DiscardAsync(id, new PeerDiscardRequest(1, "other")))).Code);
    }

    [Fact]
    public async Task ClearMetadata_OfTheSource_IsRefused()
    {
        Assert.Equal(ProblemCodes.VolumeReplicationIsSource, (await Refusal.OfAsync(() => A.Replications.ClearMetadataAsync(Task1, Task1))).Code);
        await B.Replications.ClearMetadataAsync(Reverse, Reverse);

        Assert.Empty(A.Plane.Engine.ReplicationCommands);
        Assert.StartsWith("clear-metadata", Assert.Single(B.Plane.Engine.ReplicationCommands), StringComparison.Ordinal);
    }

    [Fact]
    public async Task VerifyAndHeal_GoToTheEngine_HealOnlyConfirmed()
    {
        await A.Replications.StartVerifyAsync(Task1);
        await A.Replications.StopVerifyAsync(Task1);
        await Refusal.OfAsync(() => A.Replications.HealAsync(Task1, ""));
        await A.Replications.HealAsync(Task1, Task1);

        Assert.Equal(["verify/start", "verify/stop", "heal"], A.Plane.Engine.ReplicationCommands.Select(c => c.Split(' ')[0]));
        Assert.Contains(ConsoleEventCodes.VolumeReplicationHealed, await A.EventCodesAsync());
    }

    [Fact]
    public async Task Changes_AreThoseOfBothNodes()
    {
        A.Plane.Engine.Changes = Map(0, 3);
        B.Plane.Engine.Changes = Map(3, 7);

        var changes = await A.Replications.GetChangesAsync(Task1);

        Assert.Equal(Map(0, 3).ChangedBytes, changes.Here.ChangedBytes);
        Assert.Equal(Map(3, 7).ChangedBytes, changes.Peer!.ChangedBytes);
        Assert.Equal((1, null), (changes.OnBothSides, changes.PeerProblem));
    }

    [Fact]
    public async Task Changes_PeerAway_AreThisNodesWithTheReason()
    {
        A.Plane.Engine.Changes = Map(0);
        A.Cable = _ => throw new ProblemException(new Problem(ProblemCodes.PairUnreachable, "nodeb cannot be reached."), 503);

        var changes = await A.Replications.GetChangesAsync(Task1);

        Assert.Equal(4096, changes.Here.ChangedBytes[0]);
        Assert.Equal((null, null, ProblemCodes.PairUnreachable), (changes.Peer, changes.OnBothSides, changes.PeerProblem!.Code));
    }

    private static ChangeMap Map(params int[] changed) => new(ByteSize.GiB, [.. Enumerable.Range(0, ChangeMap.Parts).Select(p => changed.Contains(p) ? 4096L : 0)]);

    private static ReplicationRole RoleOf(TestNode node) => node.Plane.Engine.Applied[^1].Replications.Single().Role;

    private void SplitBrain()
    {
        _pair.Status = (node, status) => status with
        {
            Connection = ReplicationConnection.StandAlone,
            PeerRole = null,
            SplitBrain = new SplitBrainInfo(node.Plane.Time.Now, 4096, 8192, false),
            Problem = new Problem(ProblemCodes.VolumeReplicationSplitBrain, "Both sides have written."),
        };
        _pair.Refresh();
    }

    private sealed class LosesAnswer(TestNode to, string from, string? expected) : Wire(to, from, expected)
    {
        public override IPeerReplications Replications => new ForgetfulReplications(new ReplicationWire(this));
    }
}
