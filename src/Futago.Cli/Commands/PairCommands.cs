using System.CommandLine;
using System.Globalization;
using Futago.Cli.Output;
using Futago.Console.Client.Pairing;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Link;

namespace Futago.Cli.Commands;

internal static class PairCommands
{
    public static Command Create() => new("pair", "This node and its peer: joining the two, how the other one is, and the way between them.")
    {
        Show(),
        Code(),
        Join(),
        Set(),
        Test(),
        Delete(),
    };

    private static Verb Show() => new("show", "Shows the peer, its state and clock, and the network of the replication link.", async call =>
    {
        var pair = await call.Console.Pair.GetAsync(call.Cancellation);
        call.Print(pair, output => Write(output, pair, call.Environment));
    });

    private static Verb Code() => new("code", "Makes a one-time code for the other node, valid for ten minutes, and writes it to standard output.", async call =>
    {
        var code = await call.Console.Pair.CreateCodeAsync(call.Cancellation);
        call.Print(code, output =>
        {
            call.Note($"Use it on the other node before {Format.Time(code.ExpiresAt, call.Environment)}: futago pair join ADDRESS --code CODE");
            output.WriteLine(code.Code);
        });
    });

    private static Verb Join()
    {
        var address = Values.Required("address", "Address of the other node's console, with a port unless it is 8443.");
        var code = Values.Text("--code", "CODE", "The code that the other node has made.");
        var file = Values.Text("--code-file", "FILE", "File with the code; - reads standard input. Without both a terminal asks.");
        return new Verb("join", "Pairs this node with another one, which has made a code.", async call =>
        {
            var pair = await call.Console.Pair.JoinAsync(new JoinRequest(call.Value(address), await ReadCodeAsync(call, code, file)), call.Cancellation);
            call.Print(pair, output =>
            {
                output.WriteLine($"Paired with {TextWidth.Printable(pair.Peer!.Name)}.");
                Write(output, pair, call.Environment);
            });
        }, address, code, file);
    }

    private static Verb Set()
    {
        var address = Values.Text("--replication-address", "ADDRESS", "This node's own address for the replication link; any is all of them.");
        var port = Values.Number("--link-port", "PORT", "Port of this node's replication link.");
        return new Verb("set", "Chooses the network that replication uses on this node.", async call =>
        {
            if (!call.Has(address) && !call.Has(port))
                throw new UsageException("Say what to change: --replication-address or --link-port.");
            var chosen = call.Value(address);
            var pair = await call.Console.Pair.UpdateAsync(
                new UpdatePairRequest(chosen is null ? null : chosen.Equals("any", StringComparison.OrdinalIgnoreCase) ? "" : chosen, call.Value(port)), call.Cancellation);
            call.Print(pair, output => Write(output, pair, call.Environment));
        }, address, port);
    }

    private static Verb Test() => new("test", "Measures the way to the peer for about five seconds: round trip, throughput, MTU.", async call =>
    {
        var result = await call.Console.Pair.TestPathAsync(call.Cancellation);
        call.Print(result, output => Write(output, result));
    });

    private static Verb Delete()
    {
        var yes = Values.Yes();
        return new Verb("delete", "Ends the pair on both nodes, or on this one alone when the peer cannot be reached.", async call =>
        {
            var peer = (await call.Console.Pair.GetAsync(call.Cancellation)).Peer
                ?? throw ProblemException.Conflict(ProblemCodes.PairNotPaired, "This node is not paired.");
            await Confirmation.RequireAsync(call, call.Value(yes), $"Ending the pair with {TextWidth.Printable(peer.Name)}", peer.Name);
            var result = await call.Console.Pair.DeleteAsync(peer.Name, call.Cancellation);
            call.Print(result, output => output.WriteLine(result.PeerInformed
                ? $"The pair with {TextWidth.Printable(peer.Name)} has ended on both nodes."
                : $"The pair has ended on this node. {TextWidth.Printable(peer.Name)} could not be told: delete the pair there too."));
        }, yes);
    }

    private static async Task<string> ReadCodeAsync(Invocation call, Option<string?> code, Option<string?> file)
    {
        if (call.Has(code) && call.Has(file))
            throw new UsageException("Give either --code or --code-file.");
        if (call.Value(code) is { } given)
            return given;
        if (call.Value(file) is { } path)
            return await SecretFile.ReadAsync(path, "--code-file", call.Environment, call.Cancellation);
        if (!call.Environment.IsTerminal)
            throw new UsageException("The code is missing: give it with --code or --code-file.");
        call.Environment.Error.Write("Code that the other node shows: ");
        return await call.Environment.Input.ReadLineAsync(call.Cancellation) ?? "";
    }

    private static void Write(TextWriter output, PairView pair, CliEnvironment environment)
    {
        output.WriteLine($"Node: {pair.NodeName}");
        output.WriteLine($"    Node id: {pair.NodeId?.ToString() ?? "unknown: the engine is not reachable"}");
        output.WriteLine($"    Replication link: {(pair.ReplicationAddress is { } own ? Format.Portal(own, pair.LinkPort) : $"any address, port {Values.Text(pair.LinkPort)}")}{(pair.LinkListening ? ", listening" : pair.LinkProblem is { } problem ? $", not listening: {problem.Detail}" : "")}");
        if (pair.CodeExpiresAt is { } expires)
            output.WriteLine($"    Pairing code: valid until {Format.Time(expires, environment)}");
        if (pair.Peer is not { } peer)
        {
            output.WriteLine("Peer: none");
            return;
        }
        output.WriteLine($"Peer: {TextWidth.Printable(peer.Name)}");
        output.WriteLine($"    State: {State(peer.Status)} since {Format.Time(peer.Status.Since, environment)}");
        if (peer.Status.Problem is { } why)
            output.WriteLine($"    Problem: {TextWidth.Printable(why.Detail)}");
        if (peer.Status.Version is { } version)
            output.WriteLine($"    Version: {TextWidth.Printable(version)}");
        if (peer.Status.EngineRunning is { } running)
            output.WriteLine($"    Engine: {(running ? "running" : "not reachable")}");
        if (peer.Status is { ClockDifferenceMilliseconds: { } difference, ClockUncertaintyMilliseconds: { } uncertainty })
            output.WriteLine($"    Clock: {Milliseconds(difference, "+0.0;-0.0")} ms against this node, ± {Milliseconds(uncertainty, "0.0")} ms{(peer.Status.ClockOff ? $" (above the limit of {Milliseconds(PeerStatus.ClockLimitMilliseconds, "0")} ms)" : "")}");
        output.WriteLine($"    Console: {Format.Portal(peer.Address, peer.ConsolePort)}, certificate {peer.ConsoleFingerprint}");
        output.WriteLine($"    Replication link: {Format.Portal(peer.ReplicationAddress ?? peer.Address, peer.LinkPort)}, certificate {peer.LinkFingerprint}");
        output.WriteLine($"    Node id: {peer.NodeId}");
        output.WriteLine($"    Paired: {Format.Time(peer.PairedAt, environment)} by {TextWidth.Printable(peer.PairedBy)}");
    }

    private static void Write(TextWriter output, PathTestResult result)
    {
        output.WriteLine($"Path: {result.LocalAddress} to {result.RemoteAddress}");
        output.WriteLine($"    Round trip: minimum {Microseconds(result.RoundTripMinimumMicroseconds)}, median {Microseconds(result.RoundTripMedianMicroseconds)}, 99 % below {Microseconds(result.RoundTripP99Microseconds)} ({Values.Text(result.RoundTrips)} measured)");
        output.WriteLine($"    Throughput: {Format.Size(result.SendBytesPerSecond)}/s to the peer, {Format.Size(result.ReceiveBytesPerSecond)}/s from the peer");
        output.WriteLine($"    MTU: {Values.Text(result.MtuBytes)} bytes");
    }

    private static string State(PeerStatus status) => status.State switch
    {
        PeerState.Reachable => "reachable",
        PeerState.Unreachable => "not reachable",
        PeerState.PairUnknown => "not paired with this node any more",
        _ => "not asked yet",
    };

    private static string Milliseconds(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static string Microseconds(double value) => value.ToString("0.0", CultureInfo.InvariantCulture) + " µs";
}
