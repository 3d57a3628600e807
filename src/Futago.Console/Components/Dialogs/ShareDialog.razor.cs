using Futago.Console.Client.Shares;
using Futago.Console.Components.Presentation;
using Futago.Engine.Contracts.Shares;
using Futago.Engine.Contracts.Snapshots;
using Futago.Engine.Contracts.Volumes;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Dialogs;

/// <summary>Creates a share, or changes one.</summary>
public sealed partial class ShareDialog
{
    private readonly SortedSet<string> _users = new(StringComparer.Ordinal);
    private IReadOnlyList<string> _sources = [];
    private string _name = "";
    private string _source = "";
    private string _folder = "";
    private string _hosts = "";
    private string _comment = "";
    private bool _readOnly;
    private bool _guest;

    [Inject]
    public required IShares Service { get; init; }

    [Parameter, EditorRequired]
    public required IReadOnlyList<VolumeInfo> Volumes { get; set; }

    [Parameter]
    public IReadOnlyList<SnapshotInfo> Snapshots { get; set; } = [];

    [Parameter]
    public IReadOnlyList<ShareUserInfo> Users { get; set; } = [];

    /// <summary>The share to change; null to create one.</summary>
    [Parameter]
    public ShareInfo? Share { get; set; }

    protected override IReadOnlyCollection<string> Fields => ["name", "volume", "folder", "allowedHosts", "comment"];

    private bool OfSnapshot => Share is not null ? Share.Snapshot is not null : _source.Contains('@', StringComparison.Ordinal);

    protected override void OnInitialized()
    {
        var volumes = Volumes.Where(v => v is { Type: VolumeType.Nas, State: not VolumeState.Failed }).OrderBy(v => v.Path, StringComparer.Ordinal).ToList();
        _sources = [.. volumes.Select(v => v.Path), .. Snapshots.Where(s => s.Problem is null && volumes.Exists(v => v.Id == s.VolumeId)).Select(s => s.Path)];
        _source = _sources is [var first, ..] ? first : "";
        if (Share is null)
            return;
        (_readOnly, _guest, _comment) = (Share.ReadOnly, Share.Guest, Share.Comment ?? "");
        _hosts = string.Join(", ", Share.AllowedHosts);
        _users.UnionWith(Share.Users);
    }

    protected override void Check()
    {
        if (Share is null)
            Expect("name", FieldRules.Required(_name) ?? FieldRules.ObjectName(_name.Trim()));
    }

    protected override async Task<object> ApplyAsync()
    {
        var hosts = _hosts.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (Share is not null)
            return await Service.UpdateAsync(Share.Name, new UpdateShareRequest(OfSnapshot ? null : _readOnly, _guest, hosts, [.. _users], _comment));
        return await Service.CreateAsync(new CreateShareRequest(
            _name.Trim(), _source, _folder.Trim() is { Length: > 0 } folder ? folder : null, _readOnly, _guest, hosts, [.. _users],
            _comment.Trim() is { Length: > 0 } comment ? comment : null));
    }

    private void Choose(string user, bool chosen) => _ = chosen ? _users.Add(user) : _users.Remove(user);
}
