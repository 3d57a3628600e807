using System.CommandLine;
using Futago.Cli.Output;

namespace Futago.Cli.Commands;

internal static class NetworkCommands
{
    public static Command Create() => new("network", "The NICs of this node.")
    {
        List(),
    };

    private static Verb List() => new("list", "Lists the NICs: link, speed, MTU, addresses with the virtual IPs among them, traffic and errors.", async call =>
    {
        var nics = await Fallback.ReadAsync(call, console => console.Network.ListAsync(call.Cancellation), engine => engine.ListNicsAsync(call.Cancellation));
        call.Print(nics, output =>
        {
            var table = new Table("NIC", "LINK", ">SPEED", ">MTU", "MAC", "ADDRESSES", ">RECEIVED", ">SENT", ">ERRORS", ">DROPPED");
            foreach (var nic in nics)
            {
                table.Add(
                    nic.Name, nic.Up ? "up" : "down", nic.SpeedMbps is { } speed ? $"{Values.Text(speed)} Mb/s" : null, Values.Text(nic.MtuBytes), nic.MacAddress,
                    string.Join(", ", nic.Addresses.Select(a => $"{a.Address}/{Values.Text(a.PrefixLength)}{(a.Virtual ? " (virtual IP)" : "")}")),
                    Format.Size(nic.ReceivedBytes), Format.Size(nic.SentBytes), Values.Text(nic.ReceiveErrors + nic.SendErrors), Values.Text(nic.Dropped));
            }
            table.Write(output, "There are no NICs.");
        });
    });
}
