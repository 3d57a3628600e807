using Futago.Engine.Contracts.Failover;
using Futago.Engine.Contracts.Network;

namespace Futago.Engine.Contracts;

/// <summary>Failover and what it needs of the network. The commands answer when they are done or refused, those of one node for both.</summary>
public sealed partial class EngineClient
{
    /// <exception cref="ProblemException"><see cref="ProblemCodes.FailoverNotConfigured"/>: there is none.</exception>
    public Task<FailoverStatus> GetFailoverAsync(CancellationToken cancellation = default) =>
        GetAsync<FailoverStatus>("v1/failover", cancellation);

    public Task StartFailoverAsync(CancellationToken cancellation = default) => CommandAsync("start", null, cancellation);

    public Task StopFailoverAsync(CancellationToken cancellation = default) => CommandAsync("stop", null, cancellation);

    /// <summary>Planned switch to the peer. At the active node.</summary>
    public Task SwitchFailoverAsync(CancellationToken cancellation = default) => CommandAsync("switch", null, cancellation);

    /// <summary>Planned switch to the configured primary. At the active node, when that is the configured secondary.</summary>
    public Task FailBackAsync(CancellationToken cancellation = default) => CommandAsync("failback", null, cancellation);

    /// <summary>Begins to bring the peer's volumes in sync; the end is in <see cref="FailoverStatus.Command"/>.</summary>
    public Task SyncFailoverAsync(CancellationToken cancellation = default) => CommandAsync("sync", null, cancellation);

    public Task SetFailoverMaintenanceAsync(SetMaintenanceRequest request, CancellationToken cancellation = default) =>
        CommandAsync("maintenance", request, cancellation);

    public Task ServeAnywayAsync(ServeAnywayRequest request, CancellationToken cancellation = default) =>
        CommandAsync("serve-anyway", request, cancellation);

    /// <summary>Asks a witness for its key, with the failover's key of its own.</summary>
    public Task<ProbeWitnessResult> ProbeWitnessAsync(ProbeWitnessRequest request, CancellationToken cancellation = default) =>
        SendAsync<ProbeWitnessResult>(HttpMethod.Post, "v1/failover/probe-witness", request, cancellation);

    public Task<IReadOnlyList<NicInfo>> ListNicsAsync(CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<NicInfo>>("v1/network/nics", cancellation);

    public Task<IReadOnlyList<PingResult>> PingAsync(PingRequest request, CancellationToken cancellation = default) =>
        SendAsync<IReadOnlyList<PingResult>>(HttpMethod.Post, "v1/network/ping", request, cancellation);

    public Task<ProbeAddressResult> ProbeAddressAsync(ProbeAddressRequest request, CancellationToken cancellation = default) =>
        SendAsync<ProbeAddressResult>(HttpMethod.Post, "v1/network/probe-address", request, cancellation);

    private Task CommandAsync(string command, object? request, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, $"v1/failover/{command}", request, cancellation);
}
