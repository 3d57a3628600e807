using Futago.Console.Client.Tasks;
using Futago.Management.Tasks;
using Microsoft.Extensions.DependencyInjection;

namespace Futago.Console.Tests.Api;

/// <summary>Appointments of a real scheduler with its store in a real database.</summary>
public sealed class TaskSchedulingTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Slots_OnTimeAndTooLate_RunAndAreMissed()
    {
        await using var console = await RunningConsole.StartAsync(postgres.Server);
        var store = console.App.Services.GetRequiredService<ITaskStore>();
        var slots = console.App.Services.GetRequiredService<TaskSlots>();
        var now = TimeProvider.System.GetUtcNow();
        await AddAsync(store, "soon", now.AddSeconds(3));
        await AddAsync(store, "past", now.AddMinutes(-10));

        await slots.ArmAllAsync();
        var log = await WaitForAsync(store);

        // No engine is there, so that the run ends with that; the line of the slot that passed is not followed by a run.
        Assert.Equal([TaskAction.Started, TaskAction.Finished], log.Where(l => l.Name == "soon").OrderBy(l => l.Id).Select(l => l.Action));
        Assert.Equal("engine.unreachable", log.Single(l => l is { Name: "soon", Action: TaskAction.Finished }).Reason);
        Assert.Equal([TaskAction.Missed], log.Where(l => l.Name == "past").Select(l => l.Action));
    }

    private static Task AddAsync(ITaskStore store, string name, DateTimeOffset slot) => store.AddAsync(new ScheduledTask
    {
        Name = name,
        Kind = TaskKind.DataReplication,
        Schedule = "daily 00:00",
        // Whole microseconds, as PostgreSQL keeps them.
        NextSlot = new DateTimeOffset(slot.Ticks - slot.Ticks % TimeSpan.TicksPerSecond, TimeSpan.Zero),
        Settings = """{"source":"vg00/nas0","port":8874,"share":"vg00/nas1","options":{},"keepSnapshots":0,"shrinkLimitPercent":50}""",
        CreatedAt = slot,
    });

    private static async Task<IReadOnlyList<TaskLogEntry>> WaitForAsync(ITaskStore store)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            var log = await store.ListLogAsync(new TaskLogQuery(), limit.Token);
            if (log.Count(l => l.Action is TaskAction.Finished or TaskAction.Missed) >= 2)
                return log;
            await Task.Delay(200, limit.Token);
        }
    }
}
