using Futago.Engine.Contracts.Link;

namespace Futago.Console.Client.Pairing;

/// <summary>This node and its peer: joining them, what is known of the other, the way between the two, and parting again.</summary>
public interface IPair
{
    Task<PairView> GetAsync(CancellationToken cancellation = default);

    /// <summary>A new one-time code for the other node, shown this once; one made before is void from now on.</summary>
    Task<PairCode> CreateCodeAsync(CancellationToken cancellation = default);

    /// <summary>Pairs with the node at an address, which has made the code. Returns when both know each other.</summary>
    Task<PairView> JoinAsync(JoinRequest request, CancellationToken cancellation = default);

    /// <summary>Chooses the network that replication uses on this node; the peer follows within seconds.</summary>
    Task<PairView> UpdateAsync(UpdatePairRequest request, CancellationToken cancellation = default);

    /// <summary>Measures the way to the peer for about five seconds, using the line fully.</summary>
    Task<PathTestResult> TestPathAsync(CancellationToken cancellation = default);

    /// <summary>Ends the pair on both nodes, or on this one alone when the peer cannot be reached.</summary>
    /// <param name="confirm">The peer's name, typed again.</param>
    Task<UnpairResult> DeleteAsync(string confirm, CancellationToken cancellation = default);
}
