using System.Globalization;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Targets;

/// <summary>Recorded commands, a page of them at a time: filtered, sorted, and unfolded one by one.</summary>
public sealed partial class CommandTable
{
    private static readonly double[] Thresholds = [0.1, 1, 10, 100, 1000];

    private IReadOnlyList<RecordedCommand> _shown = [];
    private string _session = "";
    private string _operation = "";
    private double _slowMs;
    private bool _onlyErrors;

    [Inject]
    public required TimeText Times { get; init; }

    /// <summary>In the order in which they are shown until somebody sorts them.</summary>
    [Parameter, EditorRequired]
    public required IReadOnlyList<RecordedCommand> Commands { get; set; }

    [Parameter, EditorRequired]
    public required string Label { get; set; }

    /// <summary>The commands are those of several sessions, and slow ones only.</summary>
    [Parameter]
    public bool ShowSession { get; set; }

    private IEnumerable<(string Id, string Initiator)> Sessions => Commands
        .Select(c => (Id(c), c.Initiator))
        .Distinct()
        .OrderBy(s => s.Initiator, StringComparer.Ordinal);

    /// <summary>With the one that is chosen, also when the last of its commands has gone.</summary>
    private IEnumerable<string> Operations => Commands
        .Select(c => c.Operation)
        .Concat(_operation.Length > 0 ? [_operation] : [])
        .Distinct()
        .Order(StringComparer.Ordinal);

    /// <summary>Other commands are another table: it begins at its first page.</summary>
    private object Filter => (_session, _operation, _slowMs, _onlyErrors);

    protected override void OnParametersSet() => Apply();

    private void Apply() => _shown =
    [
        .. Commands.Where(c => (_session.Length == 0 || Id(c) == _session)
            && (_operation.Length == 0 || c.Operation == _operation)
            && c.TotalMicroseconds >= _slowMs * 1e3
            && (!_onlyErrors || ScsiStatusText.IsError(c.Status))),
    ];

    private void ChangeSession(ChangeEventArgs change)
    {
        _session = (string)change.Value!;
        Apply();
    }

    private void ChangeOperation(ChangeEventArgs change)
    {
        _operation = (string)change.Value!;
        Apply();
    }

    private void ChangeSlow(ChangeEventArgs change)
    {
        _slowMs = double.Parse((string)change.Value!, CultureInfo.InvariantCulture);
        Apply();
    }

    private void ChangeErrors(ChangeEventArgs change)
    {
        _onlyErrors = change.Value is true;
        Apply();
    }

    private static string Id(RecordedCommand command) => command.SessionId.ToString(CultureInfo.InvariantCulture);

    private static string DataOf(RecordedCommand command) => (command.BytesRead, command.BytesWritten) switch
    {
        (0, 0) => CommonText.None,
        ( > 0, > 0) => $"{ReadSize(command)} · {WrittenSize(command)}",
        ( > 0, _) => ReadSize(command),
        _ => WrittenSize(command),
    };

    private static string ReadSize(RecordedCommand command) => Sentence.Of(DiagnosticsText.ReadSize, ByteSize.Format(command.BytesRead));

    private static string WrittenSize(RecordedCommand command) => Sentence.Of(DiagnosticsText.WrittenSize, ByteSize.Format(command.BytesWritten));

    private static string ResultOf(RecordedCommand command) =>
        command.Sense is null ? ScsiStatusText.Of(command.Status) : $"{ScsiStatusText.Of(command.Status)} {command.Sense}";
}
