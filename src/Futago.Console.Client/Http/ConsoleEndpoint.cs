namespace Futago.Console.Client.Http;

/// <summary>Where a console is and how its client proves who it is: one of the two forms below, nothing in between.</summary>
public abstract record ConsoleEndpoint
{
    private ConsoleEndpoint()
    {
    }

    /// <summary>The console of this node. The console recognises its caller by the credentials of the socket.</summary>
    public sealed record UnixSocket(string Path) : ConsoleEndpoint;

    /// <summary>A console elsewhere.</summary>
    /// <param name="Url">Always https: a bearer token is never sent in the clear.</param>
    /// <param name="Fingerprint">SHA-256 of the console's certificate; null to rely on the certificates that this machine trusts.</param>
    public sealed record Https(Uri Url, string Token, CertificateFingerprint? Fingerprint) : ConsoleEndpoint
    {
        /// <summary>Never the token: records print their members, and logs print records.</summary>
        public override string ToString() => $"Https {{ Url = {Url}, Fingerprint = {Fingerprint} }}";
    }
}
