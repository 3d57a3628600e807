using Futago.Console.Client.Targets;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Network;
using Futago.Engine.Contracts.Node;
using Futago.Engine.Contracts.Volumes;
using Futago.Management.Engine;

namespace Futago.Management.Tests.Engine;

public sealed class LiveRefreshTests(DatabaseFixture databases)
{
    [Fact]
    public async Task Group_JustCreated_IsInTheLiveStatusWhenTheUseCaseReturns()
    {
        await using var plane = await ControlPlane.StartAsync(databases);

        await plane.Volumes.CreateGroupAsync(new CreateGroupRequest("vg07", "/images/unit0.img"));

        Assert.Equal("vg07", Assert.Single(plane.Live.Groups).Name);
    }

    [Fact]
    public async Task Target_JustStarted_IsRunningInTheLiveStatusWhenTheUseCaseReturns()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        var target = await plane.Targets.CreateAsync(new CreateTargetRequest("iqn.2026-01.example:t0", null));
        plane.Live.Apply(new StatusUpdate(Targets: [new TargetStatus(target.Id, target.Name, null, TargetState.Stopped, [], [], [])]));

        await plane.Targets.StartAsync(target.Name);

        Assert.Equal(TargetState.Running, Assert.Single(plane.Live.Targets).State);
    }

    [Fact]
    public async Task Group_EngineGoneAfterTheCreation_IsCreatedAllTheSame()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        await plane.Engine.StopAsync();

        await new LiveRefresh(plane.Client, plane.Live, TimeProvider.System).StorageAsync(TestContext.Current.CancellationToken);

        Assert.Empty(plane.Live.Groups);
    }

    [Fact]
    public void TryRefresh_SectionStreamedMeanwhile_IsNotTakenOver()
    {
        using var live = new LiveStatus(TimeProvider.System);
        var seen = live.Current;
        live.Apply(new StatusUpdate(Volumes: new List<VolumeInfo>()));

        Assert.False(live.TryRefresh(seen, new StatusUpdate(Volumes: [])));
        Assert.True(live.TryRefresh(live.Current, new StatusUpdate(Volumes: [])));
    }

    [Fact]
    public void TryRefresh_AnotherSectionStreamedMeanwhile_IsTakenOver()
    {
        using var live = new LiveStatus(TimeProvider.System);
        var seen = live.Current;
        live.Apply(new StatusUpdate(Nics: new List<NicInfo>()));

        Assert.True(live.TryRefresh(seen, new StatusUpdate(Groups: [new GroupInfo(Guid.NewGuid(), "vg07", GroupState.Online, null, "/images/unit0.img", 0, new GroupSpace(0, 0, 0, 0, 0, 0), 0)])));
        Assert.Equal("vg07", Assert.Single(live.Groups).Name);
    }

    [Fact]
    public void TryRefresh_WithoutAStream_DoesNotClaimAConnection()
    {
        using var live = new LiveStatus(TimeProvider.System);

        live.TryRefresh(live.Current, new StatusUpdate(Groups: []));

        Assert.False(live.Connected);
    }
}
