using System.CommandLine;
using Futago.Cli.Output;
using Futago.Console.Client.DataReplication;
using Futago.Engine.Contracts.DataReplication;

namespace Futago.Cli.Commands;

/// <summary>The data replication agent of this node: what accepts data from elsewhere.</summary>
internal static class AgentCommands
{
    public static Command Create() => new("agent", "The data replication agent: accepts data replication from other nodes.")
    {
        Show(),
        Enable(),
        Disable(),
    };

    private static Verb Show() => new("show", "Shows whether the agent listens, its certificate's fingerprint and its shares.", async call =>
        Print(call, await call.Console.Agent.GetAsync(call.Cancellation)));

    private static Verb Enable()
    {
        var port = Values.Number("--port", "PORT", $"TLS port; {AgentConfiguration.DefaultTlsPort} unless given.");
        var plain = Values.Number("--plain-port", "PORT", $"Accepts data without TLS as well, usually on {AgentConfiguration.DefaultPlainPort}: everybody on the way can read it. 0 closes the port.");
        return new Verb("enable", "Lets the agent accept connections.", async call =>
        {
            var agent = await call.Console.Agent.UpdateAsync(new UpdateAgentRequest(true, call.Value(port), call.Value(plain)), call.Cancellation);
            if (agent.PlainPort is { } open)
                call.Note($"Port {Values.Text(open)} is open without TLS: whoever is on the way can read the data. Use it only where nobody else is.");
            Print(call, agent);
        }, port, plain);
    }

    private static Verb Disable() => new("disable", "Closes the agent's ports; runs that write here now are cut off.", async call =>
        Print(call, await call.Console.Agent.UpdateAsync(new UpdateAgentRequest(false), call.Cancellation)));

    private static void Print(Invocation call, AgentView agent) => call.Print(agent, output =>
    {
        output.WriteLine(agent switch
        {
            { Enabled: false } => "The agent is disabled.",
            { Engine: null } => "The agent is enabled, but the engine does not answer.",
            { Engine.Problem: { } problem } => $"The agent is enabled, but does not listen: {problem}",
            { Engine.Listening: true } => $"The agent listens on port {Values.Text(agent.TlsPort)} (TLS){(agent.PlainPort is { } plain ? $" and {Values.Text(plain)} (without TLS)" : "")}.",
            _ => "The agent is enabled and about to listen.",
        });
        if (agent.Engine is { } engine)
        {
            output.WriteLine($"Certificate: {engine.Fingerprint}");
            if (engine.RsyncOld)
                output.WriteLine($"rsync {engine.RsyncVersion} is installed. Known faults were mended in 3.5.0; update it when you can.");
        }
        var table = new Table("SHARE", "USER", "ALLOWED");
        foreach (var share in agent.Shares)
            table.Add(share.Share, share.User, string.Join(", ", share.Allowed));
        table.Write(output, "No share uses data replication yet: futago share set SHARE --data-replication on --user NAME --password-file FILE --allow ADDRESS.");
    });
}
