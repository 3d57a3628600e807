using Futago.Console.Client.VolumeReplication;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Dialogs;

/// <summary>
/// Makes a volume replication task. What the peer has as destination is read as soon as the source is chosen: a volume to create
/// there, or one of the same size whose data is given up.
/// </summary>
public sealed partial class VolumeReplicationDialog
{
    /// <summary>Before a group's name, among the choices: a volume is created in it.</summary>
    private const string CreateIn = "create:";

    private IReadOnlyList<VolumeInfo> _sources = [];
    private string _name = "";
    private string _source = "";
    private DestinationOffer? _offer;
    private Problem? _browseProblem;
    private bool _browsing;
    private string? _choice;
    private string _destination = "";
    private string _overwrite = "";
    private string _limit = "";
    private bool _start = true;

    [Inject]
    public required IVolumeReplications Service { get; init; }

    [Parameter, EditorRequired]
    public required IReadOnlyList<VolumeReplicationView> Tasks { get; set; }

    [Parameter, EditorRequired]
    public required IReadOnlyList<VolumeInfo> Volumes { get; set; }

    protected override IReadOnlyCollection<string> Fields => ["name", "source", "destination", "overwrite", "resyncLimitBytesPerSecond"];

    private bool IsNas => _sources.Any(v => v.Path == _source && v.Type == VolumeType.Nas);

    private bool Creates => _choice?.StartsWith(CreateIn, StringComparison.Ordinal) ?? false;

    protected override async Task OnInitializedAsync()
    {
        _sources =
        [
            .. Volumes.Where(v => v.Type is VolumeType.Iscsi or VolumeType.Nas && v.State != VolumeState.Failed && v.ReplicationMode != VolumeReplicationMode.Destination && Tasks.All(t => t.VolumeId != v.Id)).OrderByDescending(v => v.ReplicationMode).ThenBy(v => v.Path, StringComparer.Ordinal),
        ];
        var number = 1;
        while (Tasks.Any(t => t.Name == $"replication{number}"))
            number++;
        _name = $"replication{number}";
        if (_sources.Count == 0)
            return;
        _source = _sources[0].Path;
        await BrowseAsync();
    }

    protected override void Check()
    {
        Expect("name", FieldRules.Required(_name));
        Expect("choice", _choice is null ? VolumeReplicationText.ChooseDestination : null);
        if (Creates)
            Expect("destination", FieldRules.VolumePath(_destination));
        else if (_choice is not null)
            Expect("overwrite", string.Equals(_overwrite.Trim(), _choice, StringComparison.Ordinal) ? null : FieldsText.ConfirmMismatch);
        Expect("resyncLimitBytesPerSecond", FieldRules.SpeedLimit(_limit, out _, FieldRules.ResyncLimitMin));
    }

    protected override async Task<object> ApplyAsync()
    {
        FieldRules.SpeedLimit(_limit, out var limit, FieldRules.ResyncLimitMin);
        var created = await Service.CreateAsync(new CreateVolumeReplication(
            _name.Trim(), _source, Creates ? _destination.Trim() : _choice!, Creates, Creates ? null : _overwrite.Trim(), limit > 0 ? limit : null));
        return _start ? await Service.StartAsync(created.Name) : created;
    }

    private async Task BrowseAsync()
    {
        (_offer, _browseProblem, _choice, _browsing) = (null, null, null, true);
        Touch("choice");
        try
        {
            _offer = await Service.BrowseAsync(_source);
            if (_offer.Volumes.FirstOrDefault(v => v is { Problem: null, Mode: VolumeReplicationMode.Destination }) is { } made)
                Choose(made.Path);
            else if (_offer.Groups.FirstOrDefault(g => g.Problem is null) is { } group)
                Choose(CreateIn + group.Name);
        }
        catch (ProblemException e)
        {
            _browseProblem = e.Problem;
        }
        finally
        {
            _browsing = false;
        }
    }

    private void Choose(string choice)
    {
        _choice = choice;
        _overwrite = "";
        Touch("choice");
        Touch("destination");
        Touch("overwrite");
        if (Creates && _offer?.Groups.FirstOrDefault(g => CreateIn + g.Name == choice) is { } group)
            _destination = group.NextVolume;
    }

    private static IReadOnlyList<Choice<string>> Choices(DestinationOffer offer) =>
    [
        .. offer.Groups.Select(g => new Choice<string>(
            CreateIn + g.Name, Sentence.Of(VolumeReplicationText.CreateInGroup, g.Name), Sentence.Of(VolumeReplicationText.GroupFree, ByteSize.Format(g.FreeBytes)),
            g.Problem is null ? null : ProblemText.Describe(g.Problem))),
        .. offer.Volumes.Select(v => new Choice<string>(
            v.Path, v.Path,
            Sentence.Of(v.Mode == VolumeReplicationMode.Destination ? VolumeReplicationText.ModeDestinationVolume : VolumeReplicationText.ExistingVolume, ByteSize.Format(v.SizeBytes)),
            v.Problem is null ? null : ProblemText.Describe(v.Problem))),
    ];
}
