using System.Globalization;
using Futago.Console.Client.Failover;
using Futago.Console.Resources;
using Futago.Engine.Contracts.Failover;

namespace Futago.Console.Components.Presentation;

/// <summary>Words, colour and icon of everything that the failover shows.</summary>
public static class FailoverLabels
{
    public static StateLabel Manager(FailoverStatus? status) => status switch
    {
        null => new(FailoverText.NotKnown, Tone.Neutral, "help"),
        { Running: false } => new(FailoverText.ManagerStopped, Tone.Neutral, "stop_circle"),
        { Maintenance: true } => new(FailoverText.MaintenanceOn, Tone.Warning, "construction"),
        { FlapSuspended: true } => new(FailoverText.Suspended, Tone.Warning, "pause_circle"),
        _ => new(FailoverText.ManagerRunning, Tone.Good, "check_circle"),
    };

    public static StateLabel State(FailoverState? state) => state switch
    {
        FailoverState.Off => new(FailoverText.StateOff, Tone.Neutral, "stop_circle"),
        FailoverState.Passive => new(FailoverText.StatePassive, Tone.Neutral, "bedtime"),
        FailoverState.TakingOver => new(FailoverText.StateTakingOver, Tone.Busy, "progress_activity"),
        FailoverState.ActiveMirrored => new(FailoverText.StateActive, Tone.Good, "check_circle"),
        FailoverState.Frozen => new(FailoverText.StateFrozen, Tone.Warning, "pause_circle"),
        FailoverState.ActiveAlone => new(FailoverText.StateAlone, Tone.Warning, "warning"),
        FailoverState.HandingOver => new(FailoverText.StateHandingOver, Tone.Busy, "progress_activity"),
        FailoverState.Stopping => new(FailoverText.StateStopping, Tone.Busy, "progress_activity"),
        _ => new(FailoverText.NotKnown, Tone.Neutral, "help"),
    };

    public static StateLabel Silent => new(FailoverText.PeerSilent, Tone.Bad, "link_off");

    public static StateLabel Up(bool up) => up ? new(FailoverText.Up, Tone.Good, "check_circle") : new(FailoverText.Down, Tone.Bad, "error");

    public static StateLabel Seen(bool? seen) => seen switch
    {
        true => new(FailoverText.Seen, Tone.Good, "check_circle"),
        false => new(FailoverText.NotSeen, Tone.Bad, "error"),
        null => new(FailoverText.NotKnown, Tone.Neutral, "help"),
    };

    public static StateLabel Level(CheckLevel level) => level switch
    {
        CheckLevel.Ok => new(FailoverText.CheckOk, Tone.Good, "check_circle"),
        CheckLevel.Warning => new(FailoverText.CheckWarning, Tone.Warning, "warning"),
        _ => new(FailoverText.CheckError, Tone.Bad, "error"),
    };

    public static StateLabel Step(FailoverStepState state) => state switch
    {
        FailoverStepState.Waiting => new(FailoverText.PlanWaiting, Tone.Neutral, "schedule"),
        FailoverStepState.Running => new(FailoverText.PlanRunning, Tone.Busy, "progress_activity"),
        FailoverStepState.Done => new(FailoverText.PlanDone, Tone.Good, "check_circle"),
        _ => new(FailoverText.PlanFailed, Tone.Bad, "error"),
    };

    public static string Step(FailoverPlanStep step) =>
        FailoverText.ResourceManager.GetString($"Plan_{step.Kind}", CultureInfo.CurrentUICulture) is { } sentence && Sentence.Fill(sentence, step.Args) is { } filled ? filled : step.Text;

    public static string Role(bool primary) => primary ? FailoverText.Primary : FailoverText.Secondary;

    public static string Policy(FailoverPolicy policy) => policy switch
    {
        FailoverPolicy.Witness => FailoverText.PolicyWitness,
        FailoverPolicy.PingOnly => FailoverText.PolicyPingOnly,
        _ => FailoverText.PolicyManual,
    };

    public static string Kind(FailoverSwitchKind kind) => kind switch
    {
        FailoverSwitchKind.Takeover => FailoverText.KindTakeover,
        FailoverSwitchKind.HandOver => FailoverText.KindHandOver,
        FailoverSwitchKind.Isolation => FailoverText.KindIsolation,
        _ => FailoverText.KindAlone,
    };

    public static string Command(FailoverCommandKind kind) => kind switch
    {
        FailoverCommandKind.Start => FailoverText.Start,
        FailoverCommandKind.Stop => FailoverText.Stop,
        FailoverCommandKind.Switch => FailoverText.Switch,
        FailoverCommandKind.FailBack => FailoverText.FailBack,
        FailoverCommandKind.Sync => FailoverText.Sync,
        FailoverCommandKind.Maintenance => FailoverText.Maintenance,
        _ => FailoverText.ServeAnyway,
    };

    public static string Milliseconds(double value) => value < 10_000
        ? value.ToString("0.#", CultureInfo.CurrentCulture) + " ms"
        : (value / 1000).ToString("0.0", CultureInfo.CurrentCulture) + " s";

    /// <summary>Page where what a check found can be mended; null when there is none.</summary>
    public static string? Address(FailoverCheck check) => check.Place switch
    {
        FailoverPlace.Pair => ConsoleRoutes.Pair,
        FailoverPlace.VolumeReplication => check.Object is { } task ? ConsoleRoutes.VolumeReplication(task) : ConsoleRoutes.VolumeReplications,
        FailoverPlace.Targets => check.Object is { } target ? ConsoleRoutes.Target(target) : ConsoleRoutes.Targets,
        FailoverPlace.Network => ConsoleRoutes.Network,
        FailoverPlace.Groups => ConsoleRoutes.Groups,
        FailoverPlace.Failover => ConsoleRoutes.FailoverParts,
        FailoverPlace.FailoverCreation => ConsoleRoutes.FailoverCreate,
        _ => null,
    };

    public static string PlaceName(FailoverCheck check) => check.Place switch
    {
        FailoverPlace.Pair => ShellText.Pair,
        FailoverPlace.VolumeReplication => check.Object ?? ShellText.VolumeReplication,
        FailoverPlace.Targets => check.Object ?? ShellText.Targets,
        FailoverPlace.Network => NetworkText.Title,
        FailoverPlace.Groups => ShellText.Groups,
        FailoverPlace.FailoverCreation => FailoverText.Create,
        _ => FailoverText.SetUp,
    };
}
