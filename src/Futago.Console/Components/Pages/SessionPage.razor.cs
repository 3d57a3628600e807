using System.Globalization;
using Futago.Console.Client.Targets;
using Futago.Console.Resources;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Pages;

/// <summary>The last commands of a session, and its capture.</summary>
public sealed partial class SessionPage
{
    private static readonly int[] Sizes = [1, 8, 64];

    private IReadOnlyList<RecordedCommand> _commands = [];
    private CaptureInfo? _capture;
    private int _seconds = 60;
    private int _maximumMiB = 8;
    private bool _payload;

    /// <summary>The session that was read last; the page stays the same object when its address changes.</summary>
    private long? _read;

    [Parameter]
    public required long Id { get; set; }

    [Inject]
    public required IDiagnostics Diagnostics { get; init; }

    private IReadOnlyList<SessionInfo> Sessions => [.. Live.Targets.SelectMany(t => t.Sessions).OrderBy(s => s.Id)];

    private SessionInfo? Session => Sessions.FirstOrDefault(s => s.Id == Id);

    protected override async Task OnParametersSetAsync()
    {
        if (_read == Id)
            return;
        (_read, _commands, _capture) = (Id, [], null);
        await ReadAsync();
    }

    protected override Task OnLiveChangedAsync() => _capture is { Running: true } ? ReadCaptureAsync() : Task.CompletedTask;

    private async Task ReadAsync()
    {
        await ReadCaptureAsync();
        await LoadAsync(async () => _commands = [.. (await Diagnostics.ListCommandsAsync(Id)).Reverse()]);
    }

    private async Task ReadCaptureAsync()
    {
        if (!Access.CanAdminister)
            return;
        try
        {
            _capture = await Diagnostics.GetCaptureAsync(Id);
        }
        catch (ProblemException)
        {
            // None, or the engine is away: the commands say so.
            _capture = null;
        }
    }

    private void ChangeSession(ChangeEventArgs change) =>
        Navigation.NavigateTo(ConsoleRoutes.Session(long.Parse((string)change.Value!, CultureInfo.InvariantCulture)));

    private async Task StartAsync()
    {
        await RunAsync(() => Diagnostics.StartCaptureAsync(Id, new StartCaptureRequest(_seconds, _maximumMiB << 20, _payload)), DiagnosticsText.CaptureStarted);
        await ReadCaptureAsync();
    }

    private async Task DeleteAsync()
    {
        await RunAsync(() => Diagnostics.DeleteCaptureAsync(Id), DiagnosticsText.CaptureDeleted);
        await ReadCaptureAsync();
    }
}
