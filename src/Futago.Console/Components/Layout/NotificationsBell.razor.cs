using Futago.Console.Client.Events;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Layout;

/// <summary>The latest warnings and errors, and how many came since one last looked.</summary>
public sealed partial class NotificationsBell
{
    private const int Shown = 8;

    private IReadOnlyList<EventView> _recent = [];
    private Problem? _unreadable;
    private long _seenId;
    private long _readNumber = -1;

    [Inject]
    public required IEvents Events { get; init; }

    private int Unread => _recent.Count(e => e.Id > _seenId);

    private string Label => Unread == 0 ? ShellText.Notifications : Sentence.Of(ShellText.NotificationsNew, Unread);

    protected override async Task OnInitializedAsync()
    {
        await ReadAsync();
        // What was there when the page was opened is on the overview already.
        _seenId = _recent.Count == 0 ? 0 : _recent[0].Id;
    }

    protected override Task OnLiveChangedAsync() => Live.Node?.LastEventNumber == _readNumber ? Task.CompletedTask : ReadAsync();

    private async Task OnOpenAsync()
    {
        await ReadAsync();
        if (_recent.Count > 0)
            _seenId = _recent[0].Id;
    }

    private async Task ReadAsync()
    {
        try
        {
            _recent = await Events.ListAsync(new EventQuery(EventSeverity.Warning, Limit: Shown));
            _unreadable = null;
            _readNumber = Live.Node?.LastEventNumber ?? -1;
        }
        catch (ProblemException e)
        {
            _unreadable = e.Problem;
        }
    }
}
