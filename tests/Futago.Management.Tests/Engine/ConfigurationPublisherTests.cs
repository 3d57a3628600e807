using Futago.Console.Client.Events;
using Futago.Console.Client.Targets;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Node;

namespace Futago.Management.Tests.Engine;

public sealed class ConfigurationPublisherTests(DatabaseFixture databases)
{
    private const string Name = "iqn.2026-01.example.futago:t0";

    [Fact]
    public async Task Change_EngineDown_IsStoredAndPushedWhenItIsBack()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        await plane.Engine.StopAsync();

        var view = await plane.Targets.CreateAsync(new CreateTargetRequest(Name));
        var pushedWhileDown = await plane.Publisher.ReconcileAsync();
        await plane.Engine.ResumeAsync();
        var pushed = await plane.Publisher.ReconcileAsync();

        Assert.Null(view.Status);
        Assert.False(pushedWhileDown);
        Assert.True(pushed);
        Assert.Equal(Name, plane.Engine.Applied[^1].Targets[0].Name);
        Assert.NotNull((await plane.Targets.GetAsync(Name)).Status);
    }

    [Fact]
    public async Task Reconcile_RevisionsAgree_PushesNothing()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        await plane.Targets.CreateAsync(new CreateTargetRequest(Name));
        var pushes = plane.Engine.Applied.Count;

        Assert.True(await plane.Publisher.ReconcileAsync());

        Assert.Equal(pushes, plane.Engine.Applied.Count);
    }

    [Fact]
    public async Task IsBehind_NewEngineWithoutConfiguration_IsTrueUntilReconciled()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        plane.Live.Apply(new StatusUpdate(new NodeStatus("fake", "0", DateTimeOffset.UnixEpoch, 0, [], 0)));
        var before = plane.Publisher.IsBehind;

        await plane.Publisher.ReconcileAsync();
        plane.Live.Apply(new StatusUpdate(new NodeStatus("fake", "0", DateTimeOffset.UnixEpoch, plane.Engine.Revision, [], 0)));

        Assert.True(before);
        Assert.False(plane.Publisher.IsBehind);
        Assert.Equal(3260, Assert.Single(Assert.Single(plane.Engine.Applied).Portals).Port);
    }

    [Fact]
    public async Task Reconcile_EngineLostItsState_PushesAgain()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        await plane.Targets.CreateAsync(new CreateTargetRequest(Name));
        plane.Engine.Revision = 0;
        plane.Engine.Applied.Clear();

        Assert.True(await plane.Publisher.ReconcileAsync());

        Assert.Equal(Name, Assert.Single(plane.Engine.Applied).Targets[0].Name);
    }

    [Fact]
    public async Task Change_EngineHasHigherRevision_RaisesOursAboveItAndSaysSo()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        plane.Engine.Revision = 500;

        var view = await plane.Targets.CreateAsync(new CreateTargetRequest(Name));

        Assert.Equal(501, (await plane.Store.ReadAsync()).Revision);
        Assert.Equal(501, plane.Engine.Revision);
        Assert.NotNull(view.Status);
        Assert.Single(await plane.Events.ListAsync(new EventQuery()), e => e.Code == ConsoleEventCodes.RevisionRaised);
    }

    [Fact]
    public async Task Changes_ManyAtOnce_ReachTheEngineWithFewerPushesAndTheLastStateWins()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        await plane.Targets.CreateAsync(new CreateTargetRequest(Name));
        var before = plane.Engine.Applied.Count;
        plane.Engine.HoldPush = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var changes = Enumerable.Range(1, 10).Select(i => plane.Targets.AllowAsync(Name, new AllowRequest($"10.0.0.{i}"))).ToList();
        // All ten are committed before the first push is let go, so that one more push has to be enough for the other nine.
        while ((await plane.Store.ReadAsync()).Targets[0].AccessRules.Count < 10)
            await Task.Yield();
        plane.Engine.HoldPush.SetResult();
        await Task.WhenAll(changes);

        Assert.Equal(10, plane.Engine.Applied[^1].Targets[0].AccessRules.Count);
        Assert.InRange(plane.Engine.Applied.Count - before, 1, 2);
        Assert.Equal((await plane.Store.ReadAsync()).Revision, plane.Engine.Revision);
    }

    [Fact]
    public async Task Push_EngineRefuses_KeepsTheChangeAndReportsOnce()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        plane.Engine.RefuseConfiguration = ProblemException.Invalid(ProblemCodes.ConfigurationInvalid, "No.");

        await plane.Targets.CreateAsync(new CreateTargetRequest(Name));
        await plane.Publisher.ReconcileAsync();
        plane.Engine.RefuseConfiguration = null;
        var pushed = await plane.Publisher.ReconcileAsync();

        Assert.True(pushed);
        Assert.Single(await plane.Events.ListAsync(new EventQuery()), e => e.Code == ConsoleEventCodes.ConfigurationRefused);
        Assert.Single(plane.Engine.Applied[^1].Targets);
    }

    [Fact]
    public async Task Settings_Changed_ReachTheEngineAndTheAuditLog()
    {
        await using var plane = await ControlPlane.StartAsync(databases);

        await plane.Node.UpdateSettingsAsync(new(NodeName: "nas-1", Portals: [new("127.0.0.1", 3261), new("0.0.0.0", 3260)]));

        var applied = plane.Engine.Applied[^1];
        Assert.Equal("nas-1", applied.NodeName);
        Assert.Equal(["0.0.0.0:3260", "127.0.0.1:3261"], applied.Portals.Select(p => $"{p.Address}:{p.Port}"));
        var entry = Assert.Single(await plane.Events.ListAsync(new EventQuery(Source: "audit")));
        Assert.Equal(("tester", ConsoleEventCodes.SettingsChanged), (entry.User, entry.Code));
        Assert.Contains("nodea", entry.Args!["before"], StringComparison.Ordinal);
        Assert.Contains("nas-1", entry.Args["after"], StringComparison.Ordinal);
    }
}
