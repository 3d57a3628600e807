using System.Net;
using System.Runtime.InteropServices;
using Futago.Failover;

namespace Futago.Cli.Commands;

/// <summary><c>witness</c>: the third vote of pairs, on any machine that is neither of their nodes.</summary>
internal static class WitnessCommand
{
    private const int DefaultPort = 7791;
    private const string DefaultDirectory = "/var/lib/futago-witness";

    public static Verb Create(GlobalOptions globals)
    {
        var listen = Values.Text("--listen", "ADDRESS[:PORT]", $"Address that the nodes reach; port {DefaultPort} unless given.", required: true);
        return new Verb(
            "witness",
            $"Runs the witness of one or more pairs on this third machine, until it is interrupted. With --data DIR it keeps what it must not forget there, else in {DefaultDirectory}.",
            call => RunAsync(call, call.Value(listen)!, call.Value(globals.Data) ?? DefaultDirectory),
            listen);
    }

    private static async Task RunAsync(Invocation call, string listen, string data)
    {
        if (!IPEndPoint.TryParse(listen, out var endPoint))
            throw new UsageException($"--listen takes an address of this machine and a port, as in 192.0.2.3:{DefaultPort}, not {listen}.");
        // Port 0 that is written out is any free one.
        if (endPoint.Port == 0 && !listen.EndsWith(":0", StringComparison.Ordinal))
            endPoint.Port = DefaultPort;
        var directory = call.FullPath(data);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(call.Cancellation);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            stop.Cancel();
        });
        using var server = Open(endPoint, directory, call);
        call.Note($"The witness listens on {server.EndPoint}; its key is {server.Fingerprint}.");
        await server.RunAsync(stop.Token);
    }

    private static WitnessServer Open(IPEndPoint endPoint, string directory, Invocation call)
    {
        try
        {
            return new WitnessServer(endPoint, directory, BootClock.Instance, call.Note);
        }
        catch (InvalidDataException e)
        {
            throw new IOException(e.Message, e);
        }
    }
}
