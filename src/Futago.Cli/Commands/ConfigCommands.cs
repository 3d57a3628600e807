using System.CommandLine;
using System.Globalization;
using System.Net;
using Futago.Cli.Output;
using Futago.Console.Client.Node;
using Futago.Engine.Contracts.Iscsi;

namespace Futago.Cli.Commands;

internal static class ConfigCommands
{
    private const int DefaultIscsiPort = 3260;

    public static Command Create() => new("config", "The node's settings.")
    {
        Show(),
        Set(),
    };

    private static Verb Show() => new("show", "Shows the settings.", async call =>
    {
        var settings = await call.Console.Node.GetSettingsAsync(call.Cancellation);
        call.Print(settings, output => Write(output, settings));
    });

    private static Verb Set()
    {
        var name = Values.Text("--node-name", "NAME", "Name of the node.");
        var portals = new Option<string[]>("--portal")
        {
            HelpName = "ADDRESS[:PORT]",
            Description = "Address that the iSCSI service listens on; once for each, replacing all of them. 0.0.0.0 and [::] listen on all.",
        };
        return new Verb("set", "Changes the settings.", async call =>
        {
            if (!call.Has(name) && !call.Has(portals))
                throw new UsageException("Say what to change: --node-name or --portal.");
            var request = new UpdateSettingsRequest(
                call.Value(name),
                call.Has(portals) ? [.. call.Value(portals)!.Select(Portal)] : null);
            var settings = await call.Console.Node.UpdateSettingsAsync(request, call.Cancellation);
            call.Print(settings, output => Write(output, settings));
        }, name, portals);
    }

    private static PortalConfiguration Portal(string text)
    {
        // IPEndPoint would take a bare number for an address ("3260" is 0.0.12.188): an address has dots or colons.
        if (text.AsSpan().ContainsAny('.', ':') && IPEndPoint.TryParse(text, out var endpoint))
            return new PortalConfiguration(endpoint.Address.ToString(), endpoint.Port == 0 ? DefaultIscsiPort : endpoint.Port);
        throw new UsageException($"--portal {text} is not an address: write for example 10.77.0.1:{DefaultIscsiPort.ToString(CultureInfo.InvariantCulture)} or [::]:{DefaultIscsiPort.ToString(CultureInfo.InvariantCulture)}.");
    }

    private static void Write(TextWriter output, SettingsView settings)
    {
        output.WriteLine($"Node name: {settings.NodeName}");
        foreach (var portal in settings.Portals)
            output.WriteLine($"Portal: {Format.Portal(portal.Address, portal.Port)}");
    }
}
