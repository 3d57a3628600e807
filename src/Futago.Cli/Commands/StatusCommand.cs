using Futago.Cli.Output;
using Futago.Console.Client.Node;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;

namespace Futago.Cli.Commands;

/// <summary><c>status</c>: asks the engine itself where it can, so that it tells the truth with the console down.</summary>
internal static class StatusCommand
{
    public static Verb Create() => new("status", "Shows whether the node serves, also with the console down. Succeeds when the engine answers.", RunAsync);

    private static async Task<int> RunAsync(Invocation call)
    {
        NodeView? console = null;
        Problem? consoleProblem = null;
        try
        {
            console = await call.Console.Node.GetNodeAsync(call.Cancellation);
        }
        catch (ProblemException e) when (Fallback.IsDown(e))
        {
            consoleProblem = e.Problem;
        }
        var report = await FromEngineAsync(call, console, consoleProblem)
            ?? await FromConsoleAsync(call, console)
            ?? Silent(call, console, consoleProblem);
        call.Print(report, output => Write(output, report, call.Environment));
        return report.EngineReachable ? ExitCode.Success : ExitCode.Failed;
    }

    private static async Task<StatusReport?> FromEngineAsync(Invocation call, NodeView? console, Problem? consoleProblem)
    {
        if (call.Engine is not { } engine)
            return null;
        try
        {
            var node = await engine.GetNodeAsync(call.Cancellation);
            return new StatusReport(
                node.Name,
                console is not null,
                consoleProblem,
                console?.DatabaseReachable,
                true,
                null,
                node,
                await engine.ListGroupsAsync(call.Cancellation),
                await engine.ListVolumesAsync(call.Cancellation),
                await engine.ListTargetsAsync(call.Cancellation));
        }
        catch (ProblemException e) when (e.Problem.Code == ProblemCodes.EngineUnreachable)
        {
            return null;
        }
    }

    /// <summary>Without the right to open the engine's socket, or from elsewhere, the console is asked about its engine.</summary>
    private static async Task<StatusReport?> FromConsoleAsync(Invocation call, NodeView? console)
    {
        if (console?.Engine is null)
            return null;
        var targets = await call.Console.Targets.ListAsync(call.Cancellation);
        return new StatusReport(
            console.Name,
            true,
            null,
            console.DatabaseReachable,
            true,
            null,
            console.Engine,
            await call.Console.Volumes.ListGroupsAsync(call.Cancellation),
            await call.Console.Volumes.ListVolumesAsync(call.Cancellation),
            [.. targets.Select(target => target.Status).OfType<TargetStatus>()]);
    }

    private static StatusReport Silent(Invocation call, NodeView? console, Problem? consoleProblem)
    {
        var why = console?.EngineProblem ?? (call.Engine is null ? "The console, which knows the engine, does not answer." : "The engine does not answer. It is starting or has stopped; data on disk is not affected.");
        return new StatusReport(
            console?.Name ?? call.Connection.NodeName,
            console is not null,
            consoleProblem,
            console?.DatabaseReachable,
            false,
            new Problem(ProblemCodes.EngineUnreachable, why),
            null,
            [],
            [],
            []);
    }

    private static void Write(TextWriter output, StatusReport report, CliEnvironment environment)
    {
        output.WriteLine($"Node:     {report.NodeName ?? "unknown"}");
        output.WriteLine($"Engine:   {(report.Engine is { } engine ? $"running since {Format.Time(engine.StartedAt, environment)}, version {engine.Version}" : report.EngineProblem!.Detail)}");
        output.WriteLine($"Console:  {(report.ConsoleReachable ? "running" : report.ConsoleProblem!.Detail)}");
        if (report.DatabaseReachable is { } database)
            output.WriteLine($"Database: {(database ? "reachable" : "not reachable")}");
        foreach (var portal in report.Engine?.Portals ?? [])
            output.WriteLine($"Portal:   {Format.Portal(portal.Address, portal.Port)} {(portal.Listening ? "listening" : portal.Problem?.Detail ?? "not listening")}");
        foreach (var group in report.Groups)
            output.WriteLine($"Group:    {group.Name} {Format.Word(group.State)}, {Format.Size(group.Space.Free)} of {Format.Size(group.SizeBytes)} free{Reason(group.Problem)}");
        foreach (var volume in report.Volumes)
            output.WriteLine($"Volume:   {volume.Path} {Format.Word(volume.State)}, {Format.Size(volume.SizeBytes)}{Reason(volume.Problem)}");
        foreach (var target in report.Targets)
            output.WriteLine($"Target:   {target.Name} {Format.Word(target.State)}, sessions: {target.Sessions.Count}{string.Concat(target.Problems.Select(problem => Reason(problem.Problem)))}");
    }

    private static string Reason(Problem? problem) => problem is null ? "" : $". {problem.Detail}";
}
