using System.Net.NetworkInformation;

namespace Futago.Management.Node;

/// <param name="HostName">Without the domain, in lower case.</param>
/// <param name="DomainName">DNS domain of the machine in lower case; empty when it has none.</param>
/// <param name="Version">Version of the product.</param>
/// <param name="ImageDirectory">Absolute path of the directory that new image files go to.</param>
public sealed record HostIdentity(string HostName, string DomainName, string Version, string ImageDirectory)
{
    public static HostIdentity OfThisMachine(string version, string imageDirectory)
    {
        var names = Environment.MachineName.Split('.', 2);
        var domain = names.Length > 1 ? names[1] : IPGlobalProperties.GetIPGlobalProperties().DomainName;
        // The resolver's answer for "no domain" on Linux is the literal "(none)".
        return new HostIdentity(Normalise(names[0]), domain is "(none)" ? "" : Normalise(domain), version, imageDirectory);
    }

    private static string Normalise(string name) => name.Trim('.').ToLowerInvariant();
}
