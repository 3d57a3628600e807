using System.Globalization;
using Futago.Console.Client.Node;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Engine.Contracts.Iscsi;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Dialogs;

/// <summary>Edits the list of addresses that the iSCSI service listens on.</summary>
public sealed partial class PortalsDialog
{
    private const int MaximumPortals = 16;

    private readonly List<Row> _rows = [];

    [Inject]
    public required INodeSettings Service { get; init; }

    [Parameter, EditorRequired]
    public required SettingsView Settings { get; set; }

    protected override IReadOnlyCollection<string> Fields => ["portals"];

    protected override void OnInitialized() =>
        _rows.AddRange(Settings.Portals.Select(p => new Row { Address = p.Address, Port = p.Port.ToString(CultureInfo.InvariantCulture) }));

    protected override void Check()
    {
        HashSet<(string, int)> seen = [];
        for (var i = 0; i < _rows.Count; i++)
        {
            Expect($"address-{i}", FieldRules.PortalAddress(_rows[i].Address));
            Expect($"port-{i}", FieldRules.Port(_rows[i].Port, out var port));
            if (!seen.Add((_rows[i].Address.Trim(), port)))
                Expect($"address-{i}", SettingsText.PortalTwice);
        }
    }

    protected override async Task<object> ApplyAsync() => await Service.UpdateSettingsAsync(new UpdateSettingsRequest(
        Portals: [.. _rows.Select(r => new PortalConfiguration(r.Address.Trim(), int.Parse(r.Port.Trim(), CultureInfo.InvariantCulture)))]));

    private void AddRow() => _rows.Add(new Row { Address = "", Port = "3260" });

    private sealed class Row
    {
        public required string Address { get; set; }

        public required string Port { get; set; }
    }
}
