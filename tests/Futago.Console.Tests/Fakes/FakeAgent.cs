using Futago.Console.Client.DataReplication;
using Futago.Engine.Contracts.DataReplication;

namespace Futago.Console.Tests.Fakes;

public sealed class FakeAgent : FakeService, IReplicationAgent
{
    public AgentView Agent { get; set; } = new(false, AgentConfiguration.DefaultTlsPort, null, null, []);

    public Task<AgentView> GetAsync(CancellationToken cancellation = default) => Task.FromResult(Agent);

    public Task<AgentView> UpdateAsync(UpdateAgentRequest request, CancellationToken cancellation = default)
    {
        Take(request);
        return Task.FromResult(Agent);
    }

    public Task<AgentShareView> SetShareAsync(string share, SetAgentShareRequest request, CancellationToken cancellation = default)
    {
        Take((share, request));
        return Task.FromResult(new AgentShareView(share, request.User ?? "", request.Allowed ?? []));
    }

    public Task RemoveShareAsync(string share, CancellationToken cancellation = default)
    {
        Take(share);
        return Task.CompletedTask;
    }
}
