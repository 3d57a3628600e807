using Futago.Console.Client.Node;

namespace Futago.Console.Tests.Fakes;

public sealed class FakeNodeSettings(FakeLiveStatus live) : FakeService, INodeSettings
{
    public SettingsView Settings { get; set; } = new("node-a", [new("0.0.0.0", 3260)]);

    public Task<NodeView> GetNodeAsync(CancellationToken cancellation = default) =>
        Task.FromResult(new NodeView(Settings.NodeName, "0.1.0", live.Node?.ConfigurationRevision ?? 0, live.Node, live.Problem?.Detail, true));

    public Task<SettingsView> GetSettingsAsync(CancellationToken cancellation = default) => Task.FromResult(Settings);

    public Task<SettingsView> UpdateSettingsAsync(UpdateSettingsRequest request, CancellationToken cancellation = default)
    {
        Take(request);
        Settings = new SettingsView(request.NodeName ?? Settings.NodeName, request.Portals ?? Settings.Portals);
        return Task.FromResult(Settings);
    }
}
