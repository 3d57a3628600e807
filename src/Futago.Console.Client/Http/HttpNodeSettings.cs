using Futago.Console.Client.Node;
using Futago.Engine.Contracts;

namespace Futago.Console.Client.Http;

internal sealed class HttpNodeSettings(ApiConnection api) : INodeSettings
{
    public Task<NodeView> GetNodeAsync(CancellationToken cancellation = default) =>
        api.GetAsync<NodeView>("node", cancellation);

    public Task<SettingsView> GetSettingsAsync(CancellationToken cancellation = default) =>
        api.GetAsync<SettingsView>("settings", cancellation);

    public Task<SettingsView> UpdateSettingsAsync(UpdateSettingsRequest request, CancellationToken cancellation = default) =>
        api.SendAsync<SettingsView>(HttpMethod.Patch, "settings", request, cancellation);
}
