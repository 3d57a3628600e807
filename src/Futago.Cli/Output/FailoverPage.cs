using System.Globalization;
using Futago.Cli.Commands;
using Futago.Console.Client.Failover;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Failover;

namespace Futago.Cli.Output;

/// <summary>The failover as text.</summary>
internal static class FailoverPage
{
    private const int SwitchesShown = 10;

    public static void WriteStatus(TextWriter output, FailoverView view, CliEnvironment environment)
    {
        if (view.Status is not { } status)
        {
            output.WriteLine(view.Definition switch
            {
                null => "There is no failover.",
                { Complete: false } => "The failover is not complete yet: it needs a virtual IP and a volume replication task.",
                _ => "The engine does not answer, so that nothing is known about the failover now.",
            });
            Line(output, "Problem", view.Problem?.Detail);
            return;
        }
        output.WriteLine($"Failover: {(status.Running ? "running" : "stopped")}{(status.Maintenance ? ", maintenance mode" : "")}{(status.FlapSuspended ? ", suspended after too many switches" : "")}");
        Line(output, "This node", $"{TextWidth.Printable(view.Node)}, {Role(status.IsPrimary)}, {State(status.State)}, data {status.Data}");
        Line(output, "Peer", status.Peer is { } peer
            ? $"{view.Peer ?? "peer"}, {Role(peer.IsPrimary)}, {(peer.Visible ? State(peer.State) : "silent")}, data {peer.Data}, heard {Format.Time(peer.HeardAt, environment)}"
            : "not heard yet");
        Line(output, "Term", status.Term.ToString(CultureInfo.InvariantCulture));
        Line(output, "Policy", Policy(status.Policy));
        Line(output, "Not serving", status.PassiveProblem?.Detail);
        Line(output, "No switch now", status.Running ? status.SwitchProblem?.Detail : null);
        foreach (var ip in status.VirtualIps)
            Line(output, "Virtual IP", $"{ip.Address}/{Values.Text(ip.PrefixLength)} on {ip.Nic}, {(ip.Held ? "held by this node" : "not on this node")}{Reason(ip.Problem)}");
        foreach (var path in status.Paths)
            Line(output, "Path", $"{path.Nic}: {path.LocalAddress} – {path.PeerAddress}, {(path.Up ? "up" : "down")}, round trip {Format.Latency(path.RoundTripMicroseconds)}, loss {Percent(path.LossPercent)}{Reason(path.Problem)}");
        foreach (var ping in status.PingNodes)
            Line(output, "Ping node", $"{ping.Address}, {Seen(ping.SeenHere)} here ({Format.Latency(ping.RoundTripMicroseconds)}), {(ping.SeenByPeer is { } seen ? Seen(seen) : "not known")} at the peer");
        Line(output, "Witness", status.Witness is { } witness ? $"{Format.Portal(witness.Address, witness.Port)}, {(witness.Reachable ? "reachable" : "not reachable")}{Reason(witness.Problem)}" : "none");
        foreach (var task in view.Definition?.Tasks ?? [])
            Line(output, "Task", $"{task.Name ?? task.Id.ToString()}: {task.Volume ?? "missing"}, at the peer {task.PeerVolume ?? "missing"}");
        foreach (var target in view.Definition?.Targets ?? [])
            Line(output, "Target", $"{target.Name}, {(target.Started ? "started" : "stopped")}, LUNs {string.Join(", ", target.Luns)}");
        Line(output, "Last command", status.Command is { } command
            ? $"{Format.Word(command.Kind)} at {Format.Time(command.StartedAt, environment)}, {(command.FinishedAt is null ? "still running" : command.Problem is null ? "done" : command.Problem.Detail)}"
            : null);
        Line(output, "Problem", view.Problem?.Detail);
        WriteHistory(output, status, environment);
    }

    public static void WriteDefinition(TextWriter output, FailoverView view, CliEnvironment environment)
    {
        if (view.Definition is not { } definition)
        {
            output.WriteLine("There is no failover.");
            return;
        }
        output.WriteLine($"Failover of {TextWidth.Printable(view.Node)} with {TextWidth.Printable(view.Peer ?? "its peer")}, created {Format.Time(definition.CreatedAt, environment)}");
        Line(output, "Role", Role(definition.IsPrimary));
        Line(output, "Policy", $"{Policy(definition.Policy)}{(definition.PolicyChosen ? "" : " (follows from what there is)")}");
        foreach (var task in definition.Tasks)
            Line(output, "Task", $"{task.Name ?? task.Id.ToString()}: {task.Volume ?? "missing"}, at the peer {task.PeerVolume ?? "missing"}");
        foreach (var target in definition.Targets)
            Line(output, "Target", $"{target.Name}, {(target.Started ? "started" : "stopped")}, LUNs {string.Join(", ", target.Luns)}");
        foreach (var ip in definition.VirtualIps)
            Line(output, "Virtual IP", $"{ip.Address}/{Values.Text(ip.PrefixLength)} on {ip.Nic}, at the peer on {ip.PeerNic}{(ip.Broadcast is { } broadcast ? $", broadcast {broadcast}" : "")}");
        foreach (var path in definition.Paths)
            Line(output, "Path", $"{path.LocalAddress} ({path.Nic}) – {path.PeerAddress} ({path.PeerNic}), {(path.Auxiliary ? "auxiliary connection" : "network of a virtual IP")}");
        foreach (var ping in definition.PingNodes)
            Line(output, "Ping node", ping);
        Line(output, "Witness", definition.Witness is { } witness ? $"{Format.Portal(witness.Address, witness.Port)}, key {witness.Fingerprint}" : "none");
        Line(output, "Problem", view.Problem?.Detail ?? (definition.Complete ? null : "It is not complete yet: it needs a virtual IP and a volume replication task."));
    }

    public static void WriteChecks(TextWriter output, FailoverChecks checks)
    {
        foreach (var check in checks.Checks)
            output.WriteLine($"{check.Level switch { CheckLevel.Ok => "ok", CheckLevel.Warning => "warning", _ => "ERROR" },-8} {TextWidth.Printable(check.Check),-12} {TextWidth.Printable(check.Outcome.Detail)}");
        output.WriteLine(checks.Ready ? "The failover manager can be started." : "The failover manager cannot be started while an error stands.");
    }

    /// <summary>The state in a few words, while somebody waits.</summary>
    public static string Summary(FailoverView view) => view.Status is { } status
        ? $"{view.Node} is {State(status.State)}, {view.Peer ?? "the peer"} {(status.Peer is { Visible: true } peer ? State(peer.State) : "silent")}; data {status.Data} and {status.Peer?.Data.ToString() ?? "not known"}"
        : "Nothing is known from the engine yet";

    private static void WriteHistory(TextWriter output, FailoverStatus status, CliEnvironment environment)
    {
        foreach (var past in status.History.Take(SwitchesShown))
        {
            var pause = past.FinishedAt is { } finished ? $"{Milliseconds((finished - past.StartedAt).TotalMilliseconds)}" : "not finished";
            var silence = past.SilenceMilliseconds is { } silent ? $", after {Milliseconds(silent)} of silence" : "";
            output.WriteLine($"    {Format.Time(past.StartedAt, environment)}  {Kind(past.Kind)}, {(past.Automatic ? "automatic" : "manual")}, term {past.Term.ToString(CultureInfo.InvariantCulture)}: {pause}{silence}{Reason(past.Problem)}");
            if (past.Steps.Count > 0)
                output.WriteLine($"        {string.Join(", ", past.Steps.Select(s => $"{TextWidth.Printable(s.Step)} {Milliseconds(s.Milliseconds)}"))}");
        }
    }

    private static string Role(bool primary) => primary ? "primary" : "secondary";

    private static string Seen(bool seen) => seen ? "seen" : "not seen";

    private static string Policy(FailoverPolicy policy) => policy switch
    {
        FailoverPolicy.Witness => "witness",
        FailoverPolicy.PingOnly => "ping nodes only, best effort",
        _ => "manual, people switch",
    };

    private static string State(FailoverState state) => state switch
    {
        FailoverState.Off => "stopped",
        FailoverState.Passive => "passive",
        FailoverState.TakingOver => "becoming active",
        FailoverState.ActiveMirrored => "active",
        FailoverState.Frozen => "active, writes wait",
        FailoverState.ActiveAlone => "active alone",
        FailoverState.HandingOver => "handing over",
        _ => "stopping",
    };

    private static string Kind(FailoverSwitchKind kind) => kind switch
    {
        FailoverSwitchKind.Takeover => "became active",
        FailoverSwitchKind.HandOver => "handed over",
        FailoverSwitchKind.Isolation => "stopped, cut off",
        _ => "went on alone",
    };

    private static string Milliseconds(double value) => value < 10_000
        ? value.ToString("0.#", CultureInfo.InvariantCulture) + " ms"
        : (value / 1000).ToString("0.0", CultureInfo.InvariantCulture) + " s";

    private static string Percent(double? value) => value is { } percent ? percent.ToString("0.#", CultureInfo.InvariantCulture) + " %" : "-";

    private static string Reason(Problem? problem) => problem is null ? "" : $". {problem.Detail}";

    private static void Line(TextWriter output, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            output.WriteLine($"    {name + ":",-16}{TextWidth.Printable(value)}");
    }
}
