using Futago.Console.Client.Events;
using Futago.Engine.Contracts;

namespace Futago.Management.Failover;

/// <summary>Commands that only the active node's engine carries out.</summary>
internal static class FailoverCommands
{
    public static Task RunAsync(EngineClient engine, ForwardedCommand command) => command switch
    {
        ForwardedCommand.Switch => engine.SwitchFailoverAsync(CancellationToken.None),
        ForwardedCommand.FailBack => engine.FailBackAsync(CancellationToken.None),
        ForwardedCommand.Sync => engine.SyncFailoverAsync(CancellationToken.None),
        _ => throw ProblemException.Invalid(ProblemCodes.RequestMalformed, "There is no such command.", "command"),
    };

    public static (string Code, string Text) Words(ForwardedCommand command) => command switch
    {
        ForwardedCommand.Switch => (ConsoleEventCodes.FailoverSwitched, "A manual failover was done."),
        ForwardedCommand.FailBack => (ConsoleEventCodes.FailoverFailedBack, "A failback was done."),
        _ => (ConsoleEventCodes.FailoverSynced, "Bringing the volumes in sync was started."),
    };
}
