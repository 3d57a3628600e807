using Futago.Console.Client.Targets;
using Futago.Console.Components.Dialogs;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Engine.Contracts.Iscsi;

namespace Futago.Console.Components.Targets;

/// <summary>The LUNs of a target.</summary>
public sealed partial class TargetLuns
{
    private LunStatus? StatusOf(LunView lun) =>
        Target.Status?.Luns.FirstOrDefault(s => s.Lun == lun.Lun && s.ScsiId.Equals(lun.ScsiId, StringComparison.OrdinalIgnoreCase));

    private Task AddAsync() => ShowAndReportAsync<LunDialog>(
        TargetsText.AddLun,
        (nameof(LunDialog.Target), Target),
        (nameof(LunDialog.Volumes), Live.Volumes));

    private Task EditAsync(LunView lun) => ShowAndReportAsync<LunDialog>(
        Sentence.Of(TargetsText.EditLun, lun.Lun),
        (nameof(LunDialog.Target), Target),
        (nameof(LunDialog.Volumes), Live.Volumes),
        (nameof(LunDialog.Lun), lun));

    private Task RemoveAsync(LunView lun) => ShowAndReportAsync<ConsequenceDialog>(
        TargetsText.RemoveLunTitle,
        (nameof(ConsequenceDialog.Text), Sentence.Of(TargetsText.RemoveLunText, lun.Lun, lun.Source ?? TargetsText.VolumeGone)),
        (nameof(ConsequenceDialog.Consequences), (string[])[.. (Target.Status?.Sessions ?? []).Select(s => Sentence.Of(TargetsText.RemoveLunLine, s.InitiatorName))]),
        (nameof(ConsequenceDialog.ActionLabel), CommonText.Remove),
        (nameof(ConsequenceDialog.Action), (Func<string, Task>)(_ => Service.RemoveLunAsync(Target.Name, lun.Lun))));
}
