using Futago.Engine.Contracts.Network;

namespace Futago.Console.Client.Network;

/// <summary>The NICs of this node.</summary>
public interface INetwork
{
    Task<IReadOnlyList<NicInfo>> ListAsync(CancellationToken cancellation = default);
}
