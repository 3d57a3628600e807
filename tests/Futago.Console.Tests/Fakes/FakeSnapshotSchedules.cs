using Futago.Console.Client.Snapshots;
using Futago.Console.Client.Tasks;

namespace Futago.Console.Tests.Fakes;

public sealed class FakeSnapshotSchedules : FakeService, ISnapshotSchedules
{
    public List<SnapshotScheduleView> Schedules { get; } = [];

    /// <summary>What rules mean for the snapshots that there are.</summary>
    public Func<RetentionRules, RetentionPreview> Preview { get; set; } = _ => new RetentionPreview([], [], 0);

    public Task<IReadOnlyList<SnapshotScheduleView>> ListAsync(CancellationToken cancellation = default)
    {
        Answer();
        return Task.FromResult<IReadOnlyList<SnapshotScheduleView>>([.. Schedules]);
    }

    public Task<SnapshotScheduleView> GetAsync(string name, CancellationToken cancellation = default) => Task.FromResult(Schedules.Single(s => s.Task.Name == name));

    public Task<SnapshotScheduleView> CreateAsync(CreateSnapshotSchedule request, CancellationToken cancellation = default)
    {
        Take(request);
        return Task.FromResult(Sample.SnapshotSchedule(request.Name));
    }

    public Task<SnapshotScheduleView> UpdateAsync(string name, UpdateSnapshotSchedule request, CancellationToken cancellation = default)
    {
        Take((name, request));
        return Task.FromResult(Sample.SnapshotSchedule(name));
    }

    public Task DeleteAsync(string name, string confirm, CancellationToken cancellation = default)
    {
        Take((name, confirm));
        return Task.CompletedTask;
    }

    public Task<RunView> StartAsync(string name, CancellationToken cancellation = default)
    {
        Take(name);
        return Task.FromResult(Sample.Run(name));
    }

    public Task<RetentionPreview> PreviewAsync(string name, RetentionRules retention, CancellationToken cancellation = default) => Task.FromResult(Preview(retention));
}
