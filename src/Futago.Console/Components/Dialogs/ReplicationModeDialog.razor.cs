using Futago.Console.Client.Volumes;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Dialogs;

/// <summary>
/// Sets what a volume is meant for in volume replication: source, destination, or nothing any more, with the metadata cleared. Says what the choice does, and
/// why it cannot be made.
/// </summary>
public sealed partial class ReplicationModeDialog
{
    private ClearReplicationPreview? _preview;
    private VolumeReplicationMode _mode;
    private bool _anyway;
    private string _typed = "";

    [Inject]
    public required IVolumeManager Manager { get; init; }

    [Parameter, EditorRequired]
    public required VolumeInfo Volume { get; set; }

    protected override IReadOnlyCollection<string> Fields => ["mode", "confirm"];

    private string SubmitLabel => _mode == VolumeReplicationMode.None ? VolumeReplicationText.ModeClear : CommonText.Save;

    /// <summary>Name of the task that has the volume and decides its mode; null without one.</summary>
    private string? Task => _preview?.Refusal is { Code: ProblemCodes.VolumeReplicationModeOfTask } refusal ? refusal.Args?.GetValueOrDefault("task") : null;

    private bool Confirmed => string.Equals(_typed.Trim(), Volume.Name, StringComparison.Ordinal);

    private bool Ready => _preview is { } preview && (_mode != VolumeReplicationMode.None || (Confirmed && (preview.Refusal is null || _anyway)));

    private IReadOnlyList<Choice<VolumeReplicationMode>> Choices =>
    [
        new(VolumeReplicationMode.Source, VolumeReplicationText.ModeSourceTitle, VolumeReplicationText.ModeSourceHelp),
        new(VolumeReplicationMode.Destination, VolumeReplicationText.ModeDestinationTitle, VolumeReplicationText.ModeDestinationHelp,
            Volume.UsedBy.Count == 0 ? null : Sentence.Of(VolumeReplicationText.ModeInUse, string.Join("; ", PhraseText.Users(Volume)))),
        new(VolumeReplicationMode.None, VolumeReplicationText.ModeClear, VolumeReplicationText.ModeClearHelp,
            _preview is { Mode: VolumeReplicationMode.None, Metadata: false } ? VolumeReplicationText.ModeNothingToClear : null),
    ];

    private IEnumerable<string> Consequences
    {
        get
        {
            switch (_mode)
            {
                case VolumeReplicationMode.Source:
                    yield return VolumeReplicationText.ModeSourceThen;
                    if (_preview!.Mode == VolumeReplicationMode.Destination)
                        yield return VolumeReplicationText.ModeUnlocks;
                    break;
                case VolumeReplicationMode.Destination:
                    yield return VolumeReplicationText.ModeDestinationNow;
                    yield return Sentence.Of(VolumeReplicationText.ModeDestinationThen, Volume.Path);
                    break;
                default:
                    yield return Sentence.Of(VolumeReplicationText.ModeClearData, Volume.Path);
                    if (_preview!.Mode == VolumeReplicationMode.Destination)
                        yield return VolumeReplicationText.ModeUnlocks;
                    if (_preview!.Metadata)
                        yield return VolumeReplicationText.ModeClearMetadata;
                    break;
            }
        }
    }

    protected override Task OnInitializedAsync() => ReadAsync(async () =>
    {
        _preview = await Manager.PreviewClearReplicationAsync(Volume.Path);
        _mode = _preview switch
        {
            { Mode: not VolumeReplicationMode.None } => _preview.Mode,
            { Metadata: true } => VolumeReplicationMode.None,
            _ => VolumeReplicationMode.Source,
        };
    });

    protected override void Check()
    {
        if (_mode == VolumeReplicationMode.None)
            Expect("confirm", Confirmed ? null : FieldsText.ConfirmMismatch);
    }

    protected override async Task<object> ApplyAsync() => _mode == VolumeReplicationMode.None
        ? await Manager.ClearReplicationModeAsync(Volume.Path, new ClearVolumeReplicationMode(_typed.Trim(), _anyway))
        : await Manager.SetReplicationModeAsync(Volume.Path, _mode);

    /// <summary>
    /// What the metadata say, or whose the volume is, has changed since the dialog was opened: the reason comes with the way to insist, or with the task, and what
    /// was confirmed before it could be read counts no more.
    /// </summary>
    protected override async Task<bool> TakeAsync(Problem problem)
    {
        if (problem.Code is not (ProblemCodes.VolumeReplicationModeOfTask or ProblemCodes.VolumeReplicationClearOnlyCopy or ProblemCodes.VolumeReplicationClearMixture
            or ProblemCodes.VolumeReplicationClearUnreadable))
            return false;
        try
        {
            _preview = await Manager.PreviewClearReplicationAsync(Volume.Path);
        }
        catch (ProblemException)
        {
            return false;
        }
        (_anyway, _typed) = (false, "");
        return _preview.Refusal?.Code == problem.Code;
    }

    private void Choose(VolumeReplicationMode mode)
    {
        (_mode, _anyway, _typed) = (mode, false, "");
        Touch("mode");
        Touch("confirm");
    }
}
