using Futago.Console.Client.Snapshots;
using Futago.Console.Client.Tasks;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Console.Client.Http;

internal sealed class HttpSnapshotSchedules(ApiConnection api) : ISnapshotSchedules
{
    private const string Root = "snapshot-schedules";

    public Task<IReadOnlyList<SnapshotScheduleView>> ListAsync(CancellationToken cancellation = default) =>
        api.GetAsync<IReadOnlyList<SnapshotScheduleView>>(Root, cancellation);

    public Task<SnapshotScheduleView> GetAsync(string name, CancellationToken cancellation = default) =>
        api.GetAsync<SnapshotScheduleView>(Route(name), cancellation);

    public Task<SnapshotScheduleView> CreateAsync(CreateSnapshotSchedule request, CancellationToken cancellation = default) =>
        api.SendAsync<SnapshotScheduleView>(HttpMethod.Post, Root, request, cancellation);

    public Task<SnapshotScheduleView> UpdateAsync(string name, UpdateSnapshotSchedule request, CancellationToken cancellation = default) =>
        api.SendAsync<SnapshotScheduleView>(HttpMethod.Patch, Route(name), request, cancellation);

    public Task DeleteAsync(string name, string confirm, CancellationToken cancellation = default) =>
        api.SendAsync(HttpMethod.Delete, Route(name), new DeleteRequest(confirm), cancellation);

    public Task<RunView> StartAsync(string name, CancellationToken cancellation = default) =>
        api.SendAsync<RunView>(HttpMethod.Post, $"{Route(name)}/start", null, cancellation);

    public Task<RetentionPreview> PreviewAsync(string name, RetentionRules retention, CancellationToken cancellation = default) =>
        api.SendAsync<RetentionPreview>(HttpMethod.Post, $"{Route(name)}/retention-preview", retention, cancellation);

    private static string Route(string name) => $"{Root}/{ApiConnection.Escape(name)}";
}
