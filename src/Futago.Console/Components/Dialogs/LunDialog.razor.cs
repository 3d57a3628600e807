using System.Globalization;
using Futago.Console.Client.Targets;
using Futago.Console.Client.Volumes;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Dialogs;

/// <summary>Adds a LUN to a target, or changes one.</summary>
public sealed partial class LunDialog
{
    private const string IsoExample = "/iso/debian.iso";

    private IReadOnlyList<Choice<string>> _choices = [];
    private IReadOnlyList<Choice<string>> _nasChoices = [];
    private IReadOnlyList<string> _images = [];
    private bool _isCdRom;
    private string? _volume;
    private string? _nas;
    private string _image = "";
    private string _number = "";
    private string _scsiId = "";
    private int _blockSize = 512;
    private bool _readOnly;
    private bool _writeBack;
    private bool _removable;

    [Inject]
    public required ITargets Targets { get; init; }

    [Inject]
    public required IVolumeManager VolumeManager { get; init; }

    [Parameter, EditorRequired]
    public required TargetView Target { get; set; }

    /// <summary>The LUN to change; null to add one.</summary>
    [Parameter]
    public LunView? Lun { get; set; }

    /// <summary>The volumes to choose from.</summary>
    [Parameter]
    public IReadOnlyList<VolumeInfo> Volumes { get; set; } = [];

    protected override IReadOnlyCollection<string> Fields => ["volume", "nas", "iso", "lun", "scsiId", "blockSize", "readOnly", "writeBack", "removable"];

    private static IReadOnlyList<Choice<bool>> Kinds =>
    [
        new(false, TargetsText.SourceVolume, TargetsText.SourceVolumeText),
        new(true, TargetsText.SourceIso, TargetsText.SourceIsoText),
    ];

    private bool NothingToAdd => (_isCdRom ? _nasChoices : _choices).All(c => c.DisabledReason is not null);

    private string NextNumber =>
        Enumerable.Range(0, 256).First(n => Target.Luns.All(l => l.Lun != n)).ToString(CultureInfo.InvariantCulture);

    protected override Task OnInitializedAsync()
    {
        if (Lun is { } lun)
        {
            _number = lun.Lun.ToString(CultureInfo.InvariantCulture);
            (_scsiId, _readOnly, _writeBack, _removable) = (lun.ScsiId, lun.ReadOnly, lun.WriteBack, lun.Removable);
            if (lun.Image is null)
                return Task.CompletedTask;
            (_isCdRom, _nas, _image) = (true, lun.Volume, lun.Image);
            return ReadAsync(ReadImagesAsync);
        }
        return ReadAsync(async () =>
        {
            var users = (await Targets.ListAsync()).SelectMany(t => t.Luns.Select(l => (l.VolumeId, t.Name))).ToLookup(u => u.VolumeId, u => u.Name);
            _choices =
            [
                .. Volumes.Where(v => v.Type == VolumeType.Iscsi)
                    .Select(v => new Choice<string>(v.Path, $"{v.Path} · {ByteSize.Format(v.SizeBytes)}", null, Reason(v, users[v.Id].FirstOrDefault())))
                    .OrderBy(c => c.DisabledReason is not null).ThenBy(c => c.Value, StringComparer.Ordinal),
            ];
            _volume = _choices.FirstOrDefault(c => c.DisabledReason is null)?.Value;
        });
    }

    protected override void Check()
    {
        if (_isCdRom)
        {
            Expect("nas", _nas is null ? TargetsText.ChooseVolume : null);
            Expect("iso", _image.Trim().Length == 0 ? TargetsText.ChooseImage : IsoPath.TryNormalise(_image.Trim(), out _) ? null : TargetsText.IsoPathWrong);
        }
        else if (Lun is null)
        {
            Expect("volume", _volume is null ? TargetsText.ChooseVolume : null);
        }
        Expect("lun", FieldRules.LunNumber(_number, out var number)
            ?? (Lun is not null && number is null ? FieldsText.Required : null)
            ?? (number is not null && Target.Luns.Any(l => l.Lun == number && l.Lun != Lun?.Lun) ? Sentence.Of(TargetsText.LunTaken, number) : null));
        Expect("scsiId", FieldRules.ScsiId(_scsiId.Trim()));
    }

    protected override async Task<object> ApplyAsync()
    {
        FieldRules.LunNumber(_number, out var number);
        var scsiId = _scsiId.Trim() is { Length: > 0 } id ? id : null;
        if (_isCdRom)
        {
            IsoPath.TryNormalise(_image.Trim(), out var image);
            var iso = IsoPath.Format(_nas!, image!);
            return Lun is null
                ? await Targets.AddLunAsync(Target.Name, new AddLunRequest(null, number, scsiId, Iso: iso))
                : await Targets.UpdateLunAsync(Target.Name, Lun.Lun, new UpdateLunRequest(number, scsiId, Iso: iso == Lun.Source ? null : iso));
        }
        return Lun is null
            ? await Targets.AddLunAsync(Target.Name, new AddLunRequest(_volume!, number, scsiId, _readOnly, _writeBack, _blockSize, _removable))
            : await Targets.UpdateLunAsync(Target.Name, Lun.Lun, new UpdateLunRequest(number, scsiId, _readOnly, _writeBack, _removable));
    }

    private Task SetKindAsync(bool isCdRom)
    {
        _isCdRom = isCdRom;
        return isCdRom && _nasChoices.Count == 0 ? ReadAsync(ReadImagesAsync) : Task.CompletedTask;
    }

    private Task SetNasAsync(string volume)
    {
        _nas = volume;
        return ReadAsync(ReadImagesAsync);
    }

    private async Task ReadImagesAsync()
    {
        _nasChoices =
        [
            .. Volumes.Where(v => v.Type == VolumeType.Nas).OrderBy(v => v.Path, StringComparer.Ordinal)
                .Select(v => new Choice<string>(v.Path, $"{v.Path} · {ByteSize.Format(v.SizeBytes)}", null, v.FileSystem?.MountPoint is null ? TargetsText.VolumeNotMounted : null)),
        ];
        _nas ??= _nasChoices.FirstOrDefault(c => c.DisabledReason is null)?.Value;
        _images = _nasChoices.Any(c => c.Value == _nas && c.DisabledReason is null)
            ? [.. (await VolumeManager.ListIsoImagesAsync(_nas!)).Select(i => i.Path)]
            : [];
    }

    private static string? Reason(VolumeInfo volume, string? target) =>
        target is not null ? Sentence.Of(TargetsText.VolumeTaken, target)
        : volume.State == VolumeState.Failed ? TargetsText.VolumeFailed
        : volume.ReplicationMode == VolumeReplicationMode.Destination && volume.UsedBy.Count == 0 ? ProblemText.ByCode(ProblemCodes.VolumeReplicationModeDestination, new Dictionary<string, string> { ["volume"] = volume.Path })
        : null;
}
