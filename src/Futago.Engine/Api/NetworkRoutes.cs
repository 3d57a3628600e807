using System.Net;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Network;
using Futago.Engine.Failover;
using Futago.Engine.Network;

namespace Futago.Engine.Api;

internal static class NetworkRoutes
{
    private const int AddressesMaximum = 16;

    public static void MapNetwork(this RouteGroupBuilder api)
    {
        var network = api.MapGroup("/network");
        network.MapGet("/nics", (NicMonitor nics) => nics.Read());
        network.MapPost("/ping", (PingRequest request, CancellationToken cancellation) => PingAsync(request, cancellation));
        network.MapPost("/probe-address", (NicMonitor nics, ProbeAddressRequest request, CancellationToken cancellation) => ProbeAsync(nics, request, cancellation));
    }

    private static Task<IReadOnlyList<PingResult>> PingAsync(PingRequest request, CancellationToken cancellation)
    {
        if (request.Addresses is not { Count: >= 1 and <= AddressesMaximum })
            throw ProblemException.Invalid(ProblemCodes.AddressInvalid, $"1 to {AddressesMaximum} addresses can be pinged at once.", "addresses");
        return PingRun.RunAsync([.. request.Addresses.Select((a, i) => Parse(a, $"addresses[{i}]"))], cancellation);
    }

    private static async Task<ProbeAddressResult> ProbeAsync(NicMonitor nics, ProbeAddressRequest request, CancellationToken cancellation)
    {
        var address = Parse(request.Address, "address");
        if (!NicReader.Exists(request.Nic))
            throw ProblemException.NotFound(ProblemCodes.NicNotFound, $"There is no NIC {request.Nic} on this node.", ("nic", request.Nic ?? ""));
        if (nics.Read().Any(n => n.Addresses.Any(a => a.Address == address.ToString())))
            return new ProbeAddressResult(Taken: true, ByThisNode: true, null);
        try
        {
            var mac = await Neighbours.ProbeAsync(request.Nic, address, cancellation);
            return new ProbeAddressResult(mac is not null, ByThisNode: false, mac);
        }
        catch (IOException e)
        {
            throw new ProblemException(
                new Problem(ProblemCodes.AddressInvalid, $"{request.Nic} cannot ask for {address}: {e.Message}", "nic", new Dictionary<string, string> { ["address"] = address.ToString() }), 409);
        }
    }

    private static IPAddress Parse(string? text, string field) =>
        FailoverValidator.ParseAddress(text) ?? throw ProblemException.Invalid(ProblemCodes.AddressInvalid, $"“{text}” is not an IP address.", field, ("address", text ?? ""));
}
