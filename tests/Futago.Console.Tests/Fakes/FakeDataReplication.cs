using Futago.Console.Client.DataReplication;
using Futago.Console.Client.Tasks;
using Futago.Engine.Contracts.DataReplication;

namespace Futago.Console.Tests.Fakes;

public sealed class FakeDataReplication : FakeService, IDataReplication
{
    public List<ReplicationTaskView> Tasks { get; } = [];

    public AgentOffer Offer { get; set; } = new("aa", "3.5.0", 0, []);

    public List<TestStep> Steps { get; } = [];

    public Task<IReadOnlyList<ReplicationTaskView>> ListAsync(CancellationToken cancellation = default)
    {
        Answer();
        return Task.FromResult<IReadOnlyList<ReplicationTaskView>>([.. Tasks]);
    }

    public Task<ReplicationTaskView> GetAsync(string name, CancellationToken cancellation = default) => Task.FromResult(Tasks.Single(t => t.Task.Name == name));

    public Task<ReplicationTaskView> CreateAsync(CreateReplicationTask request, CancellationToken cancellation = default)
    {
        Take(request);
        return Task.FromResult(Sample.ReplicationTask(request.Name));
    }

    public Task<ReplicationTaskView> UpdateAsync(string name, UpdateReplicationTask request, CancellationToken cancellation = default)
    {
        Take((name, request));
        return Task.FromResult(Sample.ReplicationTask(name));
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

    public Task<AgentOffer> BrowseAsync(BrowseRequest request, CancellationToken cancellation = default)
    {
        Take(request);
        return Task.FromResult(Offer);
    }

    public Task<IReadOnlyList<TestStep>> TestAsync(TestRequest request, CancellationToken cancellation = default)
    {
        Take(request);
        return Task.FromResult<IReadOnlyList<TestStep>>([.. Steps]);
    }
}
