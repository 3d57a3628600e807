using System.CommandLine;
using Futago.Cli.Output;
using Futago.Console.Client.Node;

namespace Futago.Cli.Commands;

internal static class NodeCommands
{
    public static Command Create() => new("node", "This node.")
    {
        Show(),
    };

    private static Verb Show() => new("show", "Shows the node: its console, its engine and its portals.", async call =>
    {
        var node = await call.Console.Node.GetNodeAsync(call.Cancellation);
        call.Print(node, output => Write(output, node, call.Environment));
    });

    private static void Write(TextWriter output, NodeView node, CliEnvironment environment)
    {
        output.WriteLine($"Node: {node.Name}");
        output.WriteLine($"    Console version: {node.Version}");
        output.WriteLine($"    Database: {(node.DatabaseReachable ? "reachable" : "not reachable")}");
        output.WriteLine($"    Configuration revision: {node.ConfigurationRevision}");
        if (node.Engine is not { } engine)
        {
            output.WriteLine($"    Engine: not reachable{(node.EngineProblem is { } why ? $": {why}" : "")}");
            return;
        }
        output.WriteLine("    Engine:");
        output.WriteLine($"        Version: {engine.Version}");
        output.WriteLine($"        Running since: {Format.Time(engine.StartedAt, environment)}");
        output.WriteLine($"        Configuration revision: {engine.ConfigurationRevision}");
        foreach (var portal in engine.Portals)
            output.WriteLine($"        Portal: {Format.Portal(portal.Address, portal.Port)}{(portal.Listening ? "" : $" not listening{(portal.Problem is { } problem ? $": {problem.Detail}" : "")}")}");
    }
}
