using Futago.Console.Client.Targets;
using Futago.Console.Client.Volumes;
using Futago.Console.Resources;
using Futago.Engine.Contracts.Volumes;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Dialogs;

/// <summary>Deletes a volume: says what is lost and whom it disturbs; names the target to stop first when one is started.</summary>
public sealed partial class DeleteVolumeDialog
{
    private DeletionPreview? _preview;
    private IReadOnlyList<TargetView> _targets = [];
    private string _typed = "";

    [Inject]
    public required IVolumeManager Manager { get; init; }

    [Inject]
    public required ITargets Targets { get; init; }

    [Parameter, EditorRequired]
    public required VolumeInfo Volume { get; set; }

    protected override IReadOnlyCollection<string> Fields => ["confirm"];

    private bool Blocked => _preview is { Blocked: true };

    private bool Confirmed => string.Equals(_typed.Trim(), Volume.Name, StringComparison.Ordinal);

    private IEnumerable<(TargetView Target, LunView Lun)> Users =>
        from target in _targets
        from lun in target.Luns
        where lun.VolumeId == Volume.Id
        select (target, lun);

    protected override Task OnInitializedAsync() => ReadAsync(async () =>
    {
        _preview = await Manager.PreviewDeletionAsync(Volume.Path);
        _targets = await Targets.ListAsync();
    });

    protected override void Check() => Expect("confirm", Confirmed ? null : FieldsText.ConfirmMismatch);

    protected override async Task<object> ApplyAsync()
    {
        await Manager.DeleteVolumeAsync(Volume.Path, _typed.Trim());
        return true;
    }
}
