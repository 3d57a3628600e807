using Futago.Console.Client.Pairing;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Link;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Console.Client.Http;

internal sealed class HttpPair(ApiConnection api) : IPair
{
    public Task<PairView> GetAsync(CancellationToken cancellation = default) =>
        api.GetAsync<PairView>("pair", cancellation);

    public Task<PairCode> CreateCodeAsync(CancellationToken cancellation = default) =>
        api.SendAsync<PairCode>(HttpMethod.Post, "pair/code", null, cancellation);

    public Task<PairView> JoinAsync(JoinRequest request, CancellationToken cancellation = default) =>
        api.SendAsync<PairView>(HttpMethod.Post, "pair/join", request, cancellation);

    public Task<PairView> UpdateAsync(UpdatePairRequest request, CancellationToken cancellation = default) =>
        api.SendAsync<PairView>(HttpMethod.Patch, "pair", request, cancellation);

    public Task<PathTestResult> TestPathAsync(CancellationToken cancellation = default) =>
        api.SendAsync<PathTestResult>(HttpMethod.Post, "pair/path-test", null, cancellation);

    public Task<UnpairResult> DeleteAsync(string confirm, CancellationToken cancellation = default) =>
        api.SendAsync<UnpairResult>(HttpMethod.Delete, "pair", new DeleteRequest(confirm), cancellation);
}
