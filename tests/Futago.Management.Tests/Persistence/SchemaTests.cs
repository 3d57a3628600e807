using Futago.Engine.Contracts;
using Futago.Management.Node;
using Futago.Management.Targets;
using Futago.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Futago.Management.Tests.Persistence;

public sealed class SchemaTests(DatabaseFixture databases)
{
    [Fact]
    public async Task Model_ComparedWithTheMigrations_HasNoPendingChanges()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        await using var context = plane.ContextFactory.CreateDbContext();

        Assert.False(context.Database.HasPendingModelChanges());
    }

    [Fact]
    public async Task Setup_TwiceAtOnce_LeavesOneConfiguration()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        await using (var context = plane.ContextFactory.CreateDbContext())
            await context.NodeConfigurations.ExecuteDeleteAsync();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => new DatabaseSetup(plane.ContextFactory).PrepareAsync("nodeb", null)));

        Assert.Equal("nodeb", (await plane.Store.ReadAsync()).NodeName);
    }

    [Fact]
    public async Task Setup_PortalOfTheCommandLine_ReplacesOnlyWhatItSetItself()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        await using (var context = plane.ContextFactory.CreateDbContext())
            await context.NodeConfigurations.ExecuteDeleteAsync();
        var setup = new DatabaseSetup(plane.ContextFactory);

        await setup.PrepareAsync("nodea", new Portal { Address = "0.0.0.0", Port = 3261 });
        var first = (await plane.Store.ReadAsync()).Portals.Select(p => p.Port).ToList();
        await setup.PrepareAsync("nodea", new Portal { Address = "0.0.0.0", Port = 3262 });
        var moved = (await plane.Store.ReadAsync()).Portals.Select(p => p.Port).ToList();
        await plane.Node.UpdateSettingsAsync(new(Portals: [new("127.0.0.1", 3270)]));
        await setup.PrepareAsync("nodea", new Portal { Address = "0.0.0.0", Port = 3263 });
        var kept = (await plane.Store.ReadAsync()).Portals.Select(p => p.Port).ToList();

        Assert.Equal([3261], first);
        Assert.Equal([3262], moved);
        Assert.Equal([3270], kept);
    }

    [Fact]
    public async Task UniqueIndex_BypassedCheck_StillNamesTheField()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        await plane.Targets.CreateAsync(new("iqn.2026-01.example:t0"));

        var problem = await Refusal.OfAsync(() => plane.Store.ChangeAsync(c =>
        {
            c.Targets.Add(new Target { Name = "iqn.2026-01.example:t0", CreatedAt = plane.Time.Now });
            return plane.Audit.Entry(plane.Actor.Actor!, "test", "t0", "Test.");
        }));

        Assert.Equal((ProblemCodes.NameTaken, "name"), (problem.Code, problem.Field));
    }

    [Fact]
    public async Task Change_Throws_LeavesNothingBehind()
    {
        await using var plane = await ControlPlane.StartAsync(databases);

        await Assert.ThrowsAsync<InvalidOperationException>(() => plane.Store.ChangeAsync(c =>
        {
            c.NodeName = "changed";
            throw new InvalidOperationException();
        }));

        Assert.Equal("nodea", (await plane.Store.ReadAsync()).NodeName);
    }
}
