using Futago.Console.Client.Pairing;
using Futago.Console.Resources;
using Futago.Engine.Contracts.Events;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Console.Components.Presentation;

/// <summary>Words, colour and icon of every state that the console shows.</summary>
public static class StateLabels
{
    public static StateLabel Of(GroupState state) => state switch
    {
        GroupState.Online => Good(StatesText.Online),
        GroupState.Missing => Bad(StatesText.GroupMissing, "link_off"),
        _ => Bad(StatesText.Failed),
    };

    public static StateLabel Of(VolumeState state) => state switch
    {
        VolumeState.Online => Good(StatesText.Online),
        VolumeState.Initialising => new(StatesText.Initialising, Tone.Busy, "progress_activity"),
        _ => Bad(StatesText.Failed),
    };

    public static StateLabel Of(UnitUse use) => use switch
    {
        UnitUse.Free => new(StatesText.UnitFree, Tone.Good, "radio_button_unchecked"),
        UnitUse.Group => new(StatesText.UnitGroup, Tone.Neutral, "stacks"),
        UnitUse.Importable => new(StatesText.UnitImportable, Tone.Busy, "download"),
        UnitUse.ForeignData => Warning(StatesText.UnitForeignData),
        UnitUse.SystemUse => new(StatesText.UnitSystemUse, Tone.Neutral, "lock"),
        _ => Bad(StatesText.UnitMissing, "link_off"),
    };

    /// <param name="started">What the administrator wants.</param>
    /// <param name="status">What the engine does; null while it is unknown.</param>
    public static StateLabel Of(bool started, TargetStatus? status) => (started, status?.State) switch
    {
        (_, null) => new(started ? StatesText.TargetWanted : StatesText.TargetStopped, Tone.Neutral, "help"),
        (_, TargetState.Running) => Good(StatesText.TargetRunning),
        (_, TargetState.Degraded) => Warning(StatesText.TargetDegraded),
        (true, TargetState.Stopped) => new(StatesText.TargetStarting, Tone.Busy, "progress_activity"),
        _ => new(StatesText.TargetStopped, Tone.Neutral, "stop_circle"),
    };

    public static StateLabel Of(EventSeverity severity) => severity switch
    {
        EventSeverity.Info => new(StatesText.SeverityInfo, Tone.Neutral, "info"),
        EventSeverity.Warning => Warning(StatesText.SeverityWarning),
        _ => Bad(StatesText.SeverityError),
    };

    public static string Reason(RefusalReason reason) => reason switch
    {
        RefusalReason.UnknownTarget => StatesText.RefusedUnknownTarget,
        RefusalReason.TargetStopped => StatesText.RefusedTargetStopped,
        RefusalReason.NoAccessRule => StatesText.RefusedNoAccessRule,
        RefusalReason.ChapRequired => StatesText.RefusedChapRequired,
        RefusalReason.WrongChap => StatesText.RefusedWrongChap,
        RefusalReason.NotSupported => StatesText.RefusedNotSupported,
        _ => StatesText.RefusedTooManySessions,
    };

    public static string Name(VolumeType type) => type switch
    {
        VolumeType.Iscsi => StatesText.TypeIscsi,
        VolumeType.Nas => StatesText.TypeNas,
        _ => StatesText.TypeFc,
    };

    public static string Name(IoType type) => type == IoType.Block ? StatesText.IoBlock : StatesText.IoFile;

    public static StateLabel Of(PeerState state) => state switch
    {
        PeerState.Reachable => Good(StatesText.PeerReachable),
        PeerState.Unreachable => Bad(StatesText.PeerUnreachable, "link_off"),
        PeerState.PairUnknown => Bad(StatesText.PeerPairUnknown, "link_off"),
        _ => new(StatesText.PeerNotAsked, Tone.Neutral, "help"),
    };

    public static StateLabel PeerEngineAway => Bad(StatesText.PeerEngineAway);

    public static StateLabel ClockOff => Warning(StatesText.PeerClockOff);

    public static StateLabel Served(bool served, string yes, string no) => served ? Good(yes) : Bad(no);

    public static StateLabel Listening(bool listening) =>
        listening ? Good(StatesText.Listening) : Bad(StatesText.NotListening);

    /// <summary>A LUN of a target that somebody stopped is offline with nothing wrong about it.</summary>
    public static StateLabel Of(LunStatus lun) => lun switch
    {
        { Online: true } => Good(StatesText.Online),
        { Problem: null } => new(StatesText.Offline, Tone.Neutral, "stop_circle"),
        _ => Bad(StatesText.Offline),
    };

    /// <summary>The type of a LUN as the API spells it, for people.</summary>
    public static string LunType(string type) => type switch
    {
        "controller" => TargetsText.Controller,
        "cd-rom" => TargetsText.CdRom,
        _ => TargetsText.Disk,
    };

    private static StateLabel Good(string text) => new(text, Tone.Good, "check_circle");

    private static StateLabel Warning(string text) => new(text, Tone.Warning, "warning");

    private static StateLabel Bad(string text, string icon = "error") => new(text, Tone.Bad, icon);
}
