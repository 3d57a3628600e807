using Futago.Console.Client.Network;
using Futago.Console.Client.Users;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Network;
using Futago.Management.Access;

namespace Futago.Management.Network;

public sealed class NetworkReader(EngineClient engine, ICurrentActor currentActor) : INetwork
{
    public async Task<IReadOnlyList<NicInfo>> ListAsync(CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        return await engine.ListNicsAsync(cancellation);
    }
}
