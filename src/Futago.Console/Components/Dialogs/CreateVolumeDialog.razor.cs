using Futago.Console.Client.Volumes;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Volumes;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Dialogs;

/// <summary>Creates an iSCSI or NAS volume.</summary>
public sealed partial class CreateVolumeDialog
{
    /// <summary>The smallest file system.</summary>
    private const long NasBytesMinimum = 512 * ByteSize.MiB;

    private IReadOnlyList<GroupInfo> _groups = [];
    private string _group = "";
    private string _name = "";
    private long? _size;
    private bool _thin;
    private VolumeType _type = VolumeType.Iscsi;
    private IoType _ioType = IoType.Block;
    private string _limit = "";

    [Inject]
    public required IVolumeManager Manager { get; init; }

    [Parameter, EditorRequired]
    public required IReadOnlyList<GroupInfo> Groups { get; set; }

    [Parameter]
    public IReadOnlyList<VolumeInfo> Volumes { get; set; } = [];

    /// <summary>The group to begin with.</summary>
    [Parameter]
    public string? GroupName { get; set; }

    protected override IReadOnlyCollection<string> Fields => ["group", "type", "name", "sizeBytes", "ioType", "initialisationLimitBytesPerSecond"];

    private GroupInfo? Group => _groups.FirstOrDefault(g => g.Name == _group);

    /// <summary>Whole MiB, as volumes are.</summary>
    private long Free => (Group?.Space.Free ?? 0) / ByteSize.MiB * ByteSize.MiB;

    private long? Largest => _thin ? null : Free;

    // Only a thick File I/O volume is filled with zeros.
    private bool Initialises => _type == VolumeType.Iscsi && !_thin && _ioType == IoType.File;

    private static IReadOnlyList<Choice<VolumeType>> Types =>
    [
        new(VolumeType.Iscsi, StateLabels.Name(VolumeType.Iscsi), VolumesText.IscsiTypeText),
        new(VolumeType.Nas, StateLabels.Name(VolumeType.Nas), VolumesText.NasTypeText),
    ];

    private string DefaultName =>
        DefaultNames.Next("lv", 4, [.. Volumes.Where(v => v.Group == _group).Select(v => v.Name)]);

    private static IReadOnlyList<Choice<IoType>> IoTypes =>
    [
        new(IoType.Block, StatesText.IoBlock, VolumesText.IoBlockText),
        new(IoType.File, StatesText.IoFile, VolumesText.IoFileText),
    ];

    protected override void OnInitialized()
    {
        _groups = [.. Groups.Where(g => g.State == GroupState.Online)];
        _group = (_groups.FirstOrDefault(g => g.Name == GroupName) ?? _groups.OrderByDescending(g => g.Space.Free).FirstOrDefault())?.Name ?? "";
        FitSize();
    }

    protected override void Check()
    {
        Expect("name", FieldRules.ObjectName(_name.Trim()));
        Expect("sizeBytes", FieldRules.Size(_size, _type == VolumeType.Nas ? NasBytesMinimum : ByteSize.MiB, Largest));
        if (Initialises)
            Expect("initialisationLimitBytesPerSecond", FieldRules.SpeedLimit(_limit, out _));
    }

    protected override async Task<object> ApplyAsync()
    {
        long limit = 0;
        if (Initialises)
            FieldRules.SpeedLimit(_limit, out limit);
        return await Manager.CreateVolumeAsync(_group, new CreateVolumeRequest(
            _name.Trim() is { Length: > 0 } name ? name : null,
            _type,
            _size!.Value,
            _thin,
            _type == VolumeType.Nas ? IoType.Block : _ioType,
            limit > 0 ? limit : null));
    }

    private void SetType(VolumeType type)
    {
        _type = type;
        Touch("sizeBytes");
    }

    // What was wrong with the size may be right now.
    private void SetThin(bool thin)
    {
        _thin = thin;
        Touch("sizeBytes");
    }

    // A proposal, not a limit: 10 GiB, or half of what is free where that is less. What was chosen stays as far as it fits.
    private void FitSize()
    {
        Touch("sizeBytes");
        var half = Math.Max(ByteSize.MiB, Free / 2 / ByteSize.MiB * ByteSize.MiB);
        _size = Free < ByteSize.MiB ? null : Math.Min(_size ?? Math.Min(10 * ByteSize.GiB, half), Free);
    }
}
