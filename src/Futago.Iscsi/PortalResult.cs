using System.Net;

namespace Futago.Iscsi;

/// <summary>What became of one portal of <see cref="IscsiServer.SetPortals"/>.</summary>
/// <param name="Requested">As it was asked for.</param>
/// <param name="Bound">Where it listens (with the port that was chosen when 0 was asked for); null when it does not.</param>
/// <param name="Error">The system's message when the portal could not be opened.</param>
public sealed record PortalResult(IPEndPoint Requested, IPEndPoint? Bound, string? Error)
{
    public bool Listening => Bound is not null;
}
