namespace Futago.Console.Client.Pairing;

/// <summary>How the peer is now, for pages that update themselves. Only inside the console: elsewhere ask the API.</summary>
public interface ILivePeer
{
    /// <summary>Name of the peer; null while this node is not paired, or before the configuration was read.</summary>
    string? Name { get; }

    PeerStatus? Status { get; }

    /// <summary>Raised on any thread after a change. Subscribers marshal to their own context.</summary>
    event Action? Changed;
}
