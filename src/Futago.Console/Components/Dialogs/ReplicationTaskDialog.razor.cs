using System.Globalization;
using Futago.Console.Client.DataReplication;
using Futago.Console.Client.Node;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.DataReplication;
using Futago.Engine.Contracts.Volumes;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Dialogs;

/// <summary>Creates or changes a data replication task; Browse and Test ask the agent, and the schedule shows its next runs.</summary>
public sealed partial class ReplicationTaskDialog
{
    // As the node checks it: rsync counts in KiB.
    private const long BandwidthMin = ByteSize.KiB;

    private string _name = "";
    private string _source = "";
    private string _folder = "";
    private bool _local;
    private string _destination = "";
    private string _port = Text(AgentConfiguration.DefaultTlsPort);
    private string _user = "";
    private string _password = "";
    private string _share = "";
    private string _schedule = "";
    private bool _enabled = true;
    private bool _delete;
    private string _deleteLimit = "1000";
    private string _keep = "0";
    private string _bandwidth = "";
    private string _shrink = "50";
    private IReadOnlyList<string> _exclude = [];
    private IReadOnlyList<string> _include = [];
    private bool _attributes = true;
    private bool _hardLinks = true;
    private bool _compress;
    private bool _trust;
    private AgentOffer? _offer;
    private IReadOnlyList<TestStep> _steps = [];

    [Inject]
    public required IDataReplication Service { get; init; }

    [Inject]
    public required ILiveStatus Live { get; init; }

    /// <summary>The task to change; null for a new one.</summary>
    [Parameter]
    public ReplicationTaskView? Existing { get; set; }

    protected override IReadOnlyCollection<string> Fields =>
    [
        "name", "newName", "source", "folder", "destination", "address", "port", "user", "password", "share", "schedule", "deleteLimit", "keepSnapshots",
        "bandwidthLimitBytesPerSecond", "shrinkLimitPercent", "exclude", "include",
    ];

    private IReadOnlyList<string> Sources =>
        [.. Live.Shares.Where(s => s.Snapshot is null).Select(s => s.Name), .. Live.Volumes.Where(v => v.Type == VolumeType.Nas).Select(v => v.Path)];

    private static IReadOnlyList<Choice<bool>> Wheres =>
    [
        new(false, DataReplicationText.ToNode, DataReplicationText.ToNodeText),
        new(true, DataReplicationText.ToHere, DataReplicationText.ToHereText),
    ];

    protected override void OnInitialized()
    {
        if (Existing is not { Task: var task, Settings: var settings })
            return;
        (_name, _source, _folder, _share) = (task.Name, settings.Source, settings.Folder ?? "", settings.Share);
        (_local, _destination, _port, _user) = (settings.Destination is null, settings.Destination ?? "", Text(settings.Port), settings.User ?? "");
        (_enabled, _delete, _compress, _keep) = (task.Enabled, settings.Options.Delete, settings.Options.Compress, Text(settings.KeepSnapshots));
        _deleteLimit = settings.Options.DeleteLimit is { } limit ? Text(limit) : "";
        _bandwidth = settings.Options.BandwidthLimitBytesPerSecond is { } bandwidth ? RateText.Format(bandwidth) : "";
        (_exclude, _include, _attributes, _hardLinks) = (settings.Options.Exclude ?? [], settings.Options.Include ?? [], settings.Options.Attributes, settings.Options.HardLinks);
        _shrink = Text(settings.ShrinkLimitPercent);
        _schedule = task.Schedule ?? "";
    }

    protected override void Check()
    {
        Expect("name", FieldRules.Required(_name));
        Expect("source", FieldRules.Required(_source));
        Expect("share", FieldRules.Required(_share));
        if (!_local)
        {
            Expect("destination", FieldRules.Required(_destination));
            Expect("user", FieldRules.Required(_user));
            if (Existing is null)
                Expect("password", FieldRules.Required(_password));
            Expect("port", Number(_port) is null ? DataReplicationText.NumberInvalid : null);
        }
        Expect("keepSnapshots", Number(_keep) is null ? DataReplicationText.NumberInvalid : null);
        Expect("shrinkLimitPercent", Number(_shrink) is null ? DataReplicationText.NumberInvalid : null);
        Expect("deleteLimit", _deleteLimit.Trim().Length > 0 && Number(_deleteLimit) is null ? DataReplicationText.NumberInvalid : null);
        Expect("bandwidthLimitBytesPerSecond", FieldRules.SpeedLimit(_bandwidth, out _, BandwidthMin));
    }

    protected override async Task<object> ApplyAsync()
    {
        var options = Options();
        if (Existing is { Task: var task })
        {
            return await Service.UpdateAsync(task.Name, new UpdateReplicationTask(
                _name.Trim(), _source.Trim(), _folder.Trim(), _local ? null : _destination.Trim(), _local ? null : Number(_port), _share.Trim(), _local ? null : _user.Trim(),
                _password.Length == 0 ? null : _password, _schedule, _enabled, options, Number(_keep), Number(_shrink), _trust));
        }
        return await Service.CreateAsync(new CreateReplicationTask(
            _name.Trim(), _source.Trim(), _share.Trim(), _folder.Trim(), _local ? null : _destination.Trim(), Number(_port) ?? AgentConfiguration.DefaultTlsPort,
            _local ? null : _user.Trim(), _local ? null : _password, null, _schedule, _enabled, options, Number(_keep) ?? 0,
            Number(_shrink) ?? 50));
    }

    private ReplicationOptions Options() => (Existing?.Settings.Options ?? new ReplicationOptions()) with
    {
        Delete = _delete,
        DeleteLimit = Number(_deleteLimit),
        BandwidthLimitBytesPerSecond = FieldRules.SpeedLimit(_bandwidth, out var bandwidth, BandwidthMin) is null && bandwidth > 0 ? bandwidth : null,
        Compress = _compress,
        Exclude = _exclude,
        Include = _include,
        Attributes = _attributes,
        HardLinks = _hardLinks,
    };

    private Task BrowseAsync() => ReadAsync(async () => _offer = await Service.BrowseAsync(Agent()));

    private Task TestAsync() => ReadAsync(async () => _steps = await Service.TestAsync(new TestRequest(Agent(), _share.Trim(), _source.Trim() is { Length: > 0 } source ? source : null)));

    private BrowseRequest Agent() => new(
        _destination.Trim(), _user.Trim(), _password.Length == 0 ? null : _password, Number(_port) ?? AgentConfiguration.DefaultTlsPort, Existing?.Task.Name);

    private static StateLabel LabelOf(TestStep step) => step.Result switch
    {
        TestResult.Ok => new(DataReplicationText.ResultOk, Tone.Good, "check_circle"),
        TestResult.Warning => new(DataReplicationText.ResultWarning, Tone.Warning, "warning"),
        TestResult.Failed => new(DataReplicationText.ResultFailed, Tone.Bad, "error"),
        _ => new(DataReplicationText.ResultSkipped, Tone.Neutral, "remove"),
    };

    private static string NameOf(TestStep step) => DataReplicationText.ResourceManager.GetString("Step_" + step.Name, CultureInfo.CurrentUICulture) ?? step.Name;

    /// <summary>The English sentence is the most exact one; other languages have it by its code.</summary>
    private static string TextOf(TestStep step)
    {
        if (CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en" || step.Code is not { } code)
            return step.Text;
        var template = DataReplicationText.ResourceManager.GetString("StepText_" + CodeKey.Pascal(code), CultureInfo.CurrentUICulture);
        return (template is null ? ProblemText.ByCode(code, step.Args) : Sentence.Fill(template, step.Args)) ?? step.Text;
    }

    private static int? Number(string text) => int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
