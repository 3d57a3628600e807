using System.Net;
using Futago.Management.Pairing;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Futago.Console.Pairing;

/// <summary>How this console reaches others, and by which port they reach it.</summary>
public sealed class PeerConnector(PeerCertificate certificate, ConsoleOptions options, IServer server) : IPeerConnector
{
    public string OwnFingerprint => certificate.Fingerprint;

    // Port 0 on the command line means that the kernel chose one.
    public int OwnPort => options.Listen.Port != 0 ? options.Listen.Port : server.Features.Get<IServerAddressesFeature>()?.Addresses
        .Where(a => a.StartsWith("https://", StringComparison.Ordinal) && !a.Contains("unix:", StringComparison.Ordinal))
        .Select(a => new Uri(a).Port).FirstOrDefault() ?? 0;

    public IPeerConsole Connect(IPEndPoint place, string? fingerprint) => new HttpPeerConsole(place, certificate, fingerprint);
}
