namespace Futago.DataReplication.Client;

/// <summary>An agent and who asks it.</summary>
/// <param name="Host">IP address or host name.</param>
/// <param name="Fingerprint">SHA-256 of the certificate that it must show; null: any whose proof is right.</param>
public sealed record AgentAddress(string Host, int Port, string? Fingerprint, string User, string Password)
{
    /// <summary>Never the password: records print their members, and logs print records.</summary>
    public override string ToString() => $"AgentAddress {{ Host = {Host}, Port = {Port}, User = {User} }}";
}
