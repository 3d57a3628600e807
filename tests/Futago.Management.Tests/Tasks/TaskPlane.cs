using Futago.Console.Client.Tasks;
using Futago.Management.DataReplication;
using Futago.Management.Engine;
using Futago.Management.Snapshots;
using Futago.Management.Tasks;
using Futago.Management.Tests.Fakes;
using Futago.Persistence;
using Microsoft.Extensions.Logging.Abstractions;

namespace Futago.Management.Tests.Tasks;

/// <summary>Tasks on a real database, with a clock that the test moves and a kind of task that does what the test says.</summary>
internal sealed class TaskPlane : IAsyncDisposable
{
    private readonly ControlPlane _plane;

    private TaskPlane(ControlPlane plane, TimeZoneInfo zone)
    {
        _plane = plane;
        Time = new ZoneTime(zone);
        Store = new TaskStore(new Database(plane.ContextFactory));
        Snapshots = new ScheduledSnapshots(plane.Client, plane.Store, Time);
        SnapshotKind = new SnapshotTaskKind(plane.Client, Snapshots, new LiveRefresh(plane.Client, plane.Live, TimeProvider.System), Time);
        Runs = NewRuns();
        plane.Engine.Clock = () => Time.Now;
        Views = new TaskViews(Store, Runs, Time);
        Slots = new TaskSlots(Store, Runs, Timer, Time, NullLogger<TaskSlots>.Instance);
        Tasks = new TaskManager(Store, Runs, Views, plane.Actor, Time);
        var register = new TaskRegister(Store, Slots, Timer, plane.Audit, plane.EventStore);
        DataReplication = new DataReplicationManager(register, Store, Runs, Views, Slots, plane.Client, plane.Protector, plane.Actor, Time);
        Schedules = new SnapshotScheduleManager(register, Runs, Views, Slots, plane.Client, Snapshots, plane.Actor, Time);
    }

    public ZoneTime Time { get; }

    public TaskStore Store { get; }

    public ScriptedKind Kind { get; } = new();

    public RecordingTimer Timer { get; } = new();

    public TaskRuns Runs { get; }

    public TaskViews Views { get; }

    public TaskSlots Slots { get; }

    public TaskManager Tasks { get; }

    public ScheduledSnapshots Snapshots { get; }

    public SnapshotTaskKind SnapshotKind { get; }

    public DataReplicationManager DataReplication { get; }

    public SnapshotScheduleManager Schedules { get; }

    public ControlPlane Plane => _plane;

    public FakeActor Actor => _plane.Actor;

    public static async Task<TaskPlane> StartAsync(DatabaseFixture databases, string zone = "Europe/Berlin") =>
        new(await ControlPlane.StartAsync(databases), TimeZoneInfo.FindSystemTimeZoneById(zone));

    /// <summary>As a console that has just started has it: it knows nothing of runs that began before.</summary>
    public TaskRuns NewRuns() => new(Store, [Kind, SnapshotKind], Time);

    public async Task<ScheduledTask> AddAsync(string? schedule, string name = "DataReplication", bool enabled = true)
    {
        var task = new ScheduledTask { Name = name, Kind = TaskKind.DataReplication, Schedule = schedule, Enabled = enabled, Settings = "{}", CreatedAt = Time.Now };
        task.NextSlot = Slots.NextSlotOf(task);
        await Store.AddAsync(task);
        return task;
    }

    public async Task<IReadOnlyList<TaskLogView>> LogAsync(TaskLogQuery? query = null) => await Tasks.ListLogAsync(query ?? new TaskLogQuery(Limit: 500));

    public ValueTask DisposeAsync() => _plane.DisposeAsync();

    internal sealed class ZoneTime(TimeZoneInfo zone) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 10, 18, 0, 0, 0, TimeSpan.Zero);

        public override TimeZoneInfo LocalTimeZone => zone;

        public override DateTimeOffset GetUtcNow() => Now;
    }

    internal sealed class RecordingTimer : ISlotTimer
    {
        public Dictionary<Guid, DateTimeOffset?> Set { get; } = [];

        public Task SetAsync(Guid task, DateTimeOffset? slot, CancellationToken cancellation = default)
        {
            Set[task] = slot;
            return Task.CompletedTask;
        }
    }

    internal sealed class ScriptedKind : ITaskKind
    {
        public TaskKind Kind => TaskKind.DataReplication;

        public List<TaskRun> Begun { get; } = [];

        public List<TaskRun> Stopped { get; } = [];

        /// <summary>What a run comes to at once; null: it goes on.</summary>
        public Func<TaskRun, RunEnd?> Do { get; set; } = run => new RunEnd(RunStatus.Ok, TaskRuns.NoReason, "Everything was copied.", run.StartedAt.AddSeconds(5),
            new RunResultView(run.StartedAt, 0, 1, 10, 10, 1, 0, 1, 1000, 100, 200, 5, null, [], "all that was printed"));

        public Task<RunEnd?> BeginAsync(ScheduledTask task, TaskRun run, CancellationToken cancellation)
        {
            Begun.Add(run);
            return Task.FromResult(Do(run));
        }

        public Task StopAsync(TaskRun run, CancellationToken cancellation)
        {
            Stopped.Add(run);
            return Task.CompletedTask;
        }

        public RunProgressView? ProgressOf(TaskRun run) => null;

        public Task<RunEnd?> RecoverAsync(ScheduledTask? task, TaskRun run, CancellationToken cancellation) =>
            Task.FromResult<RunEnd?>(new RunEnd(RunStatus.Error, "unknown", "The console ended.", run.StartedAt));
    }
}
