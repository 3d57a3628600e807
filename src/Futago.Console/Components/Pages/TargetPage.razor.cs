using Futago.Console.Client.Targets;
using Futago.Console.Components.Dialogs;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Engine.Contracts.Iscsi;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Pages;

/// <summary>One target, in tabs that the address names.</summary>
public sealed partial class TargetPage
{
    private TargetView? _target;
    private string? _readName;

    [Parameter]
    public required string Name { get; set; }

    [Parameter]
    public string? Tab { get; set; }

    private TargetTab Current => ConsoleRoutes.ParseTab(Tab);

    private IReadOnlyList<SessionInfo> Sessions => _target?.Status?.Sessions ?? [];

    protected override async Task OnParametersSetAsync()
    {
        if (_readName == Name)
            return;
        _readName = Name;
        _target = null;
        await ReadAsync();
    }

    protected override Task ReadAsync() => LoadAsync(async () =>
    {
        _target = await Service.GetAsync(Name);
        Merge();
    });

    protected override void Merge() => _target = _target is null ? null : WithLiveStatus(_target);

    private static string TabName(TargetTab tab) => tab switch
    {
        TargetTab.Luns => TargetsText.TabLuns,
        TargetTab.Access => TargetsText.TabAccess,
        TargetTab.Chap => "CHAP",
        TargetTab.Sessions => ShellText.Sessions,
        TargetTab.Statistics => TargetsText.TabStatistics,
        TargetTab.Details => TargetsText.TabDetails,
        _ => TargetsText.TabConnect,
    };

    private int? TabCount(TargetTab tab, TargetView target) => tab switch
    {
        TargetTab.Luns => target.Luns.Count,
        TargetTab.Access => target.AccessRules.Count,
        TargetTab.Sessions => Sessions.Count,
        _ => null,
    };

    private async Task EditAliasAsync()
    {
        if (await ShowAsync<EditAliasDialog>(TargetsText.EditAlias, (nameof(EditAliasDialog.Target), _target)))
            await ReadAsync();
    }

    private async Task DeleteAsync()
    {
        if (await ShowAsync<ConsequenceDialog>(
            TargetsText.DeleteTitle,
            (nameof(ConsequenceDialog.Text), Sentence.Of(TargetsText.DeleteText, Name)),
            (nameof(ConsequenceDialog.Consequences), (string[])[.. _target!.Luns.Select(l => Sentence.Of(TargetsText.DeleteLine, l.Lun, l.Volume ?? TargetsText.VolumeGone))]),
            (nameof(ConsequenceDialog.ConfirmName), _target.Name),
            (nameof(ConsequenceDialog.ActionLabel), CommonText.Delete),
            (nameof(ConsequenceDialog.Action), (Func<string, Task>)(typed => Service.DeleteAsync(Name, typed)))))
            Navigation.NavigateTo(ConsoleRoutes.Targets);
    }
}
