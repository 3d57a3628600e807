using Futago.Console.Client.Failover;
using Futago.Engine.Contracts;

namespace Futago.Console.Client.Http;

internal sealed class HttpFailover(ApiConnection api) : IFailover
{
    private const string Root = "failover";

    public Task<FailoverView> GetAsync(CancellationToken cancellation = default) => api.GetAsync<FailoverView>(Root, cancellation);

    public Task<FailoverOffer> OfferAsync(CancellationToken cancellation = default) => api.GetAsync<FailoverOffer>($"{Root}/offer", cancellation);

    public Task<FailoverChecks> CheckAsync(FailoverChange? draft = null, CancellationToken cancellation = default) => draft is null
        ? api.GetAsync<FailoverChecks>($"{Root}/check", cancellation)
        : api.SendAsync<FailoverChecks>(HttpMethod.Post, $"{Root}/check", draft, cancellation);

    public Task<FailoverPlan> PlanAsync(FailoverChange request, CancellationToken cancellation = default) =>
        api.SendAsync<FailoverPlan>(HttpMethod.Post, $"{Root}/plan", request, cancellation);

    public Task<FailoverPlan> GetProgressAsync(CancellationToken cancellation = default) => api.GetAsync<FailoverPlan>($"{Root}/progress", cancellation);

    public Task<FailoverView> CreateAsync(FailoverChange request, CancellationToken cancellation = default) =>
        api.SendAsync<FailoverView>(HttpMethod.Post, Root, request, cancellation);

    public Task<FailoverView> UpdateAsync(FailoverChange request, CancellationToken cancellation = default) =>
        api.SendAsync<FailoverView>(HttpMethod.Patch, Root, request, cancellation);

    public Task<FailoverView> CopyTargetsAsync(CancellationToken cancellation = default) => PostAsync("copy-targets", null, cancellation);

    public Task DeleteAsync(DeleteFailover request, CancellationToken cancellation = default) =>
        api.SendAsync(HttpMethod.Delete, Root, request, cancellation);

    public Task<FailoverView> StartAsync(CancellationToken cancellation = default) => PostAsync("start", null, cancellation);

    public Task<FailoverView> StopAsync(CancellationToken cancellation = default) => PostAsync("stop", null, cancellation);

    public Task<FailoverView> SwitchAsync(CancellationToken cancellation = default) => PostAsync("switch", null, cancellation);

    public Task<FailoverView> FailBackAsync(CancellationToken cancellation = default) => PostAsync("failback", null, cancellation);

    public Task<FailoverView> SyncAsync(CancellationToken cancellation = default) => PostAsync("sync", null, cancellation);

    public Task<FailoverView> SetMaintenanceAsync(FailoverMaintenance request, CancellationToken cancellation = default) =>
        PostAsync("maintenance", request, cancellation);

    public Task<FailoverView> ServeAnywayAsync(ServeAnyway request, CancellationToken cancellation = default) =>
        PostAsync("serve-anyway", request, cancellation);

    private Task<FailoverView> PostAsync(string verb, object? body, CancellationToken cancellation) =>
        api.SendAsync<FailoverView>(HttpMethod.Post, $"{Root}/{verb}", body, cancellation);
}
