using Futago.Console.Client.Events;
using Futago.Engine.Contracts.Events;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Pages;

/// <summary>What happened and who did what, newest first; the filter is in the address.</summary>
public sealed partial class Events
{
    private const int PageSize = 50;

    private IReadOnlyList<EventView> _events = [];
    private string _search = "";
    private EventQuery? _query;
    private long _readNumber = -1;

    [Inject]
    public required IEvents Service { get; init; }

    [SupplyParameterFromQuery]
    public string? Severity { get; set; }

    [SupplyParameterFromQuery]
    public string? Source { get; set; }

    [SupplyParameterFromQuery]
    public string? Search { get; set; }

    [SupplyParameterFromQuery]
    public long? Before { get; set; }

    private bool Filtered => _query is { MinimumSeverity: not null } or { Source: not null } or { Search: not null };

    protected override async Task OnParametersSetAsync()
    {
        var query = new EventQuery(
            Enum.TryParse<EventSeverity>(Severity, ignoreCase: true, out var severity) ? severity : null,
            Source is "engine" or "console" or "audit" ? Source : null,
            string.IsNullOrWhiteSpace(Search) ? null : Search,
            Before,
            PageSize);
        if (query == _query)
            return;
        _query = query;
        _search = Search ?? "";
        await ReadAsync();
    }

    // Older pages stay as they are while one reads them.
    protected override Task OnLiveChangedAsync() =>
        Before is not null || Live.Node?.LastEventNumber == _readNumber ? Task.CompletedTask : ReadAsync();

    private Task ReadAsync() => LoadAsync(async () =>
    {
        _events = await Service.ListAsync(_query!);
        _readNumber = Live.Node?.LastEventNumber ?? -1;
    });

    private void ApplySearch() => Go(Severity, Source, _search.Trim());

    private void Go(string? severity, string? source, string? search) => Navigation.NavigateTo(ConsoleRoutes.EventsOf(severity, source, search));
}
