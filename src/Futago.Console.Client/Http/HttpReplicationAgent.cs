using Futago.Console.Client.DataReplication;
using Futago.Engine.Contracts;

namespace Futago.Console.Client.Http;

internal sealed class HttpReplicationAgent(ApiConnection api) : IReplicationAgent
{
    public Task<AgentView> GetAsync(CancellationToken cancellation = default) => api.GetAsync<AgentView>("agent", cancellation);

    public Task<AgentView> UpdateAsync(UpdateAgentRequest request, CancellationToken cancellation = default) =>
        api.SendAsync<AgentView>(HttpMethod.Patch, "agent", request, cancellation);

    public Task<AgentShareView> SetShareAsync(string share, SetAgentShareRequest request, CancellationToken cancellation = default) =>
        api.SendAsync<AgentShareView>(HttpMethod.Put, $"agent/shares/{ApiConnection.Escape(share)}", request, cancellation);

    public Task RemoveShareAsync(string share, CancellationToken cancellation = default) =>
        api.SendAsync(HttpMethod.Delete, $"agent/shares/{ApiConnection.Escape(share)}", null, cancellation);
}
