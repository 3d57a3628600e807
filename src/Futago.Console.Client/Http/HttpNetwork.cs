using Futago.Console.Client.Network;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Network;

namespace Futago.Console.Client.Http;

internal sealed class HttpNetwork(ApiConnection api) : INetwork
{
    public Task<IReadOnlyList<NicInfo>> ListAsync(CancellationToken cancellation = default) =>
        api.GetAsync<IReadOnlyList<NicInfo>>("network/nics", cancellation);
}
