namespace Futago.Engine.Link;

/// <summary>
/// Something that the two engines speak with each other. All protocols share one TLS port; the name goes into the ALPN extension
/// (RFC 7301), so that a connection belongs to one protocol from its first byte.
/// </summary>
internal interface ILinkProtocol
{
    /// <summary>1–255 ASCII characters with a version at the end, such as <c>futago-path/1</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Serves one connection of the peer, which has proved to be the peer; returning or throwing closes it. The token is
    /// cancelled when the engine stops, or when the peer in the configuration is another one.
    /// </summary>
    Task ServeAsync(LinkConnection connection, CancellationToken cancellation);
}
