using Futago.Console.Client.Volumes;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Volumes;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Dialogs;

/// <summary>Creates a volume group on one unit. Units that cannot be used are listed with the reason.</summary>
public sealed partial class CreateGroupDialog
{
    private IReadOnlyList<Choice<string>> _choices = [];
    private string? _unit;
    private string _name = "";
    private string _confirm = "";

    [Inject]
    public required IVolumeManager Manager { get; init; }

    [Parameter, EditorRequired]
    public required IReadOnlyList<UnitInfo> Units { get; set; }

    [Parameter]
    public IReadOnlyCollection<string> GroupNames { get; set; } = [];

    /// <summary>The unit to begin with.</summary>
    [Parameter]
    public string? UnitPath { get; set; }

    protected override IReadOnlyCollection<string> Fields => ["unitPath", "name", "confirm"];

    /// <summary>The chosen unit when something is on it that would be overwritten.</summary>
    private UnitInfo? Foreign => Units.FirstOrDefault(u => u.Path == _unit && u.Use == UnitUse.ForeignData);

    private string DefaultName => DefaultNames.Next("vg", 2, GroupNames);

    protected override void OnInitialized()
    {
        _choices = [.. Units.OrderBy(u => Reason(u) is not null).ThenBy(u => u.Path, StringComparer.Ordinal).Select(ChoiceOf)];
        _unit = UnitPath ?? Units.FirstOrDefault(u => u.Use == UnitUse.Free)?.Path;
    }

    protected override void Check()
    {
        Expect("unitPath", FieldRules.Required(_unit) is null ? null : GroupsText.ChooseUnit);
        Expect("name", FieldRules.ObjectName(_name.Trim()));
        if (Foreign is { } foreign)
            Expect("confirm", _confirm.Trim() == foreign.Path ? null : FieldsText.ConfirmMismatch);
    }

    protected override async Task<object> ApplyAsync() =>
        await Manager.CreateGroupAsync(new CreateGroupRequest(_name.Trim() is { Length: > 0 } name ? name : null, _unit!, Foreign is not null));

    private void Choose(string path)
    {
        _unit = path;
        _confirm = "";
    }

    private static Choice<string> ChoiceOf(UnitInfo unit) => new(
        unit.Path,
        $"{unit.Path} · {ByteSize.Format(unit.SizeBytes)}",
        unit.Use == UnitUse.ForeignData ? PhraseText.Content(unit) : unit.Model,
        Reason(unit));

    private static string? Reason(UnitInfo unit) => unit.Use switch
    {
        UnitUse.Free or UnitUse.ForeignData => null,
        UnitUse.Group => Sentence.Of(GroupsText.UnitHasGroup, unit.Group),
        UnitUse.Importable => Sentence.Of(GroupsText.UnitIsImportable, unit.Group),
        UnitUse.SystemUse => Sentence.Of(GroupsText.UnitIsUsed, PhraseText.Content(unit) ?? StatesText.UnitSystemUse),
        _ => GroupsText.UnitIsMissing,
    };
}
