using System.Globalization;
using Futago.Console.Client.Tasks;
using Futago.Console.Resources;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.DataReplication;

namespace Futago.Console.Components.Presentation;

/// <summary>Words, colour and icon of tasks and runs.</summary>
public static class TaskLabels
{
    public static StateLabel Of(RunStatus status) => status switch
    {
        RunStatus.Ok => new(TasksText.Ok, Tone.Good, "check_circle"),
        RunStatus.Warning => new(TasksText.Warning, Tone.Warning, "warning"),
        _ => new(TasksText.Error, Tone.Bad, "error"),
    };

    public static StateLabel Of(RunView? run) => run switch
    {
        null => new(TasksText.NeverRan, Tone.Neutral, "schedule"),
        { Status: { } status } => Of(status),
        _ => new(TasksText.RunningState, Tone.Busy, "progress_activity"),
    };

    /// <summary>With what the engine streams of runs that go on: one that waits for its next attempt has failed for now.</summary>
    public static StateLabel Of(RunView? run, IReadOnlyList<ReplicationRunStatus> runs) =>
        run is { Status: null } && ProgressOf(runs, run.Id) is { Detail: not null } ? new(TasksText.WaitingState, Tone.Warning, "schedule") : Of(run);

    public static string Name(TaskKind kind) => kind switch
    {
        TaskKind.DataReplication => TasksText.KindDataReplication,
        TaskKind.Snapshot => TasksText.KindSnapshot,
        _ => TasksText.KindVerify,
    };

    public static string Name(TaskAction action) => action switch
    {
        TaskAction.Started => TasksText.Started,
        TaskAction.Finished => TasksText.Finished,
        _ => TasksText.Missed,
    };

    private static string Phase(string phase) => phase switch
    {
        "preparing" => TasksText.PhasePreparing,
        "copying" => TasksText.PhaseCopying,
        "waiting" => TasksText.PhaseWaiting,
        "comparing" => TasksText.PhaseComparing,
        _ => TasksText.PhaseFinishing,
    };

    /// <summary>The sentence of a run or line in the person's language; the English one where there is no other.</summary>
    public static string? Detail(string? reason, string? text)
    {
        if (text is null || reason is null or "none" || CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en")
            return text;
        var key = string.Concat(reason.Split('-', '.').Select(w => w.Length == 0 ? "" : char.ToUpperInvariant(w[0]) + w[1..]));
        if (TasksText.ResourceManager.GetString("Reason_" + key, CultureInfo.CurrentUICulture) is { } translated)
            return ReasonText.AddSystem(translated, text);
        return ProblemsText.ResourceManager.GetString("Problem_" + key, CultureInfo.CurrentUICulture) is { } template ? Sentence.Fill(template, null) ?? text : text;
    }

    /// <summary>How far the run is as the engine streams it; null when it does not.</summary>
    public static RunProgressView? ProgressOf(IReadOnlyList<ReplicationRunStatus> runs, Guid run) => runs.FirstOrDefault(r => r.RunId == run) is { } status ? RunProgressView.Of(status.Progress) : null;

    /// <summary>What a run does and how far it is; while it waits for its next attempt, why the last one failed: figures would say that all is well.</summary>
    public static string Line(RunProgressView progress) => progress.Detail is { } failure
        ? Sentence.Of(TasksText.WaitingLine, progress.Attempt, Detail(progress.Reason, failure))
        : $"{Phase(progress.Phase)} · {Progress(progress)}";

    private static string Progress(RunProgressView progress) => (progress.Phase == "comparing"
            ? Sentence.Of(TasksText.CompareLine, ByteSize.Format(progress.Bytes), RateText.Format(progress.BytesPerSecond))
            : Sentence.Of(TasksText.ProgressLine, ByteSize.Format(progress.Bytes), RateText.Format(progress.BytesPerSecond), progress.FilesTransferred))
        + (progress.SecondsLeft is { } left ? " · " + Sentence.Of(TasksText.TimeLeft, TimeText.Duration(TimeSpan.FromSeconds(left))) : "");
}
