using System.Net;
using Futago.Management.Failover;
using Futago.Management.VolumeReplication;

namespace Futago.Management.Pairing;

/// <summary>The way from this console to the other: HTTPS with a certificate on both sides.</summary>
public interface IPeerConnector
{
    /// <summary>SHA-256 of the certificate that this console shows to its peer.</summary>
    string OwnFingerprint { get; }

    /// <summary>Port that this console listens on.</summary>
    int OwnPort { get; }

    /// <param name="fingerprint">The only certificate that is believed; null before the nodes know each other.</param>
    IPeerConsole Connect(IPEndPoint place, string? fingerprint);
}

/// <summary>
/// The console of another node. Methods throw a problem <c>pair.unreachable</c> when it does not answer, and what it refuses with.
/// </summary>
public interface IPeerConsole : IDisposable
{
    /// <summary>SHA-256 of the certificate that it showed; empty before the first answer. It stays the same, or connecting fails.</summary>
    string SeenFingerprint { get; }

    Task<PairingOffer> HelloAsync(PairingHello hello, CancellationToken cancellation);

    Task<PairingAccept> ConfirmAsync(PairingConfirm confirm, CancellationToken cancellation);

    /// <summary>Only for its peer, like the next.</summary>
    Task<PeerReport> ReportAsync(CancellationToken cancellation);

    /// <summary>Tells it that the pair has ended.</summary>
    Task LeaveAsync(CancellationToken cancellation);

    /// <summary>Only for its peer, like the next.</summary>
    IPeerReplications Replications { get; }

    IPeerFailover Failover { get; }
}
