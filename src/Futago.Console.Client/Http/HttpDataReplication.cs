using Futago.Console.Client.DataReplication;
using Futago.Console.Client.Tasks;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.DataReplication;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Console.Client.Http;

internal sealed class HttpDataReplication(ApiConnection api) : IDataReplication
{
    public Task<IReadOnlyList<ReplicationTaskView>> ListAsync(CancellationToken cancellation = default) =>
        api.GetAsync<IReadOnlyList<ReplicationTaskView>>("data-replication", cancellation);

    public Task<ReplicationTaskView> GetAsync(string name, CancellationToken cancellation = default) =>
        api.GetAsync<ReplicationTaskView>(Route(name), cancellation);

    public Task<ReplicationTaskView> CreateAsync(CreateReplicationTask request, CancellationToken cancellation = default) =>
        api.SendAsync<ReplicationTaskView>(HttpMethod.Post, "data-replication", request, cancellation);

    public Task<ReplicationTaskView> UpdateAsync(string name, UpdateReplicationTask request, CancellationToken cancellation = default) =>
        api.SendAsync<ReplicationTaskView>(HttpMethod.Patch, Route(name), request, cancellation);

    public Task DeleteAsync(string name, string confirm, CancellationToken cancellation = default) =>
        api.SendAsync(HttpMethod.Delete, Route(name), new DeleteRequest(confirm), cancellation);

    public Task<RunView> StartAsync(string name, CancellationToken cancellation = default) =>
        api.SendAsync<RunView>(HttpMethod.Post, $"{Route(name)}/start", null, cancellation);

    public Task<AgentOffer> BrowseAsync(BrowseRequest request, CancellationToken cancellation = default) =>
        api.SendAsync<AgentOffer>(HttpMethod.Post, "data-replication/browse", request, cancellation);

    public Task<IReadOnlyList<TestStep>> TestAsync(TestRequest request, CancellationToken cancellation = default) =>
        api.SendAsync<IReadOnlyList<TestStep>>(HttpMethod.Post, "data-replication/test", request, cancellation);

    private static string Route(string name) => $"data-replication/tasks/{ApiConnection.Escape(name)}";
}
