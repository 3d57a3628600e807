using Futago.Volumes.Metadata;

namespace Futago.Failover;

/// <summary>What the guard is to act on: the whole of it with every order, so that orders do not depend on each other. The guard keeps it too.</summary>
/// <param name="Addresses">1–8 virtual IPs.</param>
/// <param name="Ports">TCP ports of the portals, 1–64.</param>
/// <param name="KillMs">Time after the lapse of a permit in which an engine that does not stop is ended.</param>
internal sealed record GuardOrder(IReadOnlyList<GuardedAddress> Addresses, IReadOnlyList<int> Ports, int KillMs) : ISealedDocument
{
    public const int Version = 1;

    public int FormatVersion { get; init; } = Version;
}
