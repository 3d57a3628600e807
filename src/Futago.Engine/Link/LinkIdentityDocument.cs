using Futago.Volumes.Metadata;

namespace Futago.Engine.Link;

/// <summary><c>identity.json</c>: who this node is on the replication link. docs/on-disk/engine-state.md.</summary>
/// <param name="Certificate">DER, base64.</param>
/// <param name="PrivateKey">PKCS #8 (RFC 5958), base64.</param>
internal sealed record LinkIdentityDocument(int FormatVersion, Guid NodeId, string Certificate, string PrivateKey) : ISealedDocument
{
    public const int CurrentVersion = 1;

    /// <summary>Never the key: records print their members, and logs print records.</summary>
    public override string ToString() => $"LinkIdentityDocument {{ NodeId = {NodeId} }}";
}
