using System.Globalization;
using Futago.Console.Client.Targets;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Console.Client.Http;

internal sealed class HttpTargets(ApiConnection api) : ITargets
{
    public Task<IReadOnlyList<TargetView>> ListAsync(CancellationToken cancellation = default) =>
        api.GetAsync<IReadOnlyList<TargetView>>("targets", cancellation);

    public Task<TargetView> GetAsync(string name, CancellationToken cancellation = default) =>
        api.GetAsync<TargetView>(Route(name), cancellation);

    public Task<string> SuggestNameAsync(CancellationToken cancellation = default) =>
        api.GetTextAsync("targets/suggested-name", cancellation);

    public Task<TargetView> CreateAsync(CreateTargetRequest request, CancellationToken cancellation = default) =>
        api.SendAsync<TargetView>(HttpMethod.Post, "targets", request, cancellation);

    public Task<TargetView> UpdateAsync(string name, UpdateTargetRequest request, CancellationToken cancellation = default) =>
        api.SendAsync<TargetView>(HttpMethod.Patch, Route(name), request, cancellation);

    public Task DeleteAsync(string name, string confirm, CancellationToken cancellation = default) =>
        api.SendAsync(HttpMethod.Delete, Route(name), new DeleteRequest(confirm), cancellation);

    public Task<TargetView> StartAsync(string name, CancellationToken cancellation = default) =>
        api.SendAsync<TargetView>(HttpMethod.Post, $"{Route(name)}/start", null, cancellation);

    public Task<TargetView> StopAsync(string name, CancellationToken cancellation = default) =>
        api.SendAsync<TargetView>(HttpMethod.Post, $"{Route(name)}/stop", null, cancellation);

    public Task<TargetView> AddLunAsync(string name, AddLunRequest request, CancellationToken cancellation = default) =>
        api.SendAsync<TargetView>(HttpMethod.Post, $"{Route(name)}/luns", request, cancellation);

    public Task<TargetView> UpdateLunAsync(string name, int lun, UpdateLunRequest request, CancellationToken cancellation = default) =>
        api.SendAsync<TargetView>(HttpMethod.Patch, LunRoute(name, lun), request, cancellation);

    public Task<TargetView> RemoveLunAsync(string name, int lun, CancellationToken cancellation = default) =>
        api.SendAsync<TargetView>(HttpMethod.Delete, LunRoute(name, lun), null, cancellation);

    public Task<TargetView> AllowAsync(string name, AllowRequest request, CancellationToken cancellation = default) =>
        api.SendAsync<TargetView>(HttpMethod.Post, $"{Route(name)}/access-rules", request, cancellation);

    public Task<TargetView> RemoveAccessRuleAsync(string name, Guid ruleId, CancellationToken cancellation = default) =>
        api.SendAsync<TargetView>(HttpMethod.Delete, $"{Route(name)}/access-rules/{ruleId}", null, cancellation);

    private static string Route(string name) => $"targets/{ApiConnection.Escape(name)}";

    private static string LunRoute(string name, int lun) => $"{Route(name)}/luns/{lun.ToString(CultureInfo.InvariantCulture)}";
}
