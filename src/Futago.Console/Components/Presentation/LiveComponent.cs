using System.Globalization;
using Futago.Console.Client.Node;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Presentation;

/// <summary>
/// A component that shows live status: renders again after each change, one render at a time, until it is disposed.
/// </summary>
public abstract class LiveComponent : ComponentBase, IDisposable
{
    private CultureInfo _culture = CultureInfo.InvariantCulture;
    private CultureInfo _uiCulture = CultureInfo.InvariantCulture;
    private int _pending;
    private bool _disposed;

    [Inject]
    public required ILiveStatus Live { get; init; }

    protected override void OnInitialized()
    {
        _culture = CultureInfo.CurrentCulture;
        _uiCulture = CultureInfo.CurrentUICulture;
        Live.Changed += ShowChange;
    }

    /// <summary>Reads again what does not come with the live status.</summary>
    protected virtual Task OnLiveChangedAsync() => Task.CompletedTask;

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        _disposed = true;
        Live.Changed -= ShowChange;
    }

    /// <summary>
    /// Renders again, from any thread: for whatever else a component follows. Changes that come while one is being shown are
    /// shown by the next render, not by one each.
    /// </summary>
    protected void ShowChange()
    {
        if (!_disposed && Interlocked.Exchange(ref _pending, 1) == 0)
            _ = InvokeAsync(ShowChangeAsync);
    }

    private async Task ShowChangeAsync()
    {
        Interlocked.Exchange(ref _pending, 0);
        if (_disposed)
            return;
        // The change was raised on a thread of the link to the engine, which has no language.
        CultureInfo.CurrentCulture = _culture;
        CultureInfo.CurrentUICulture = _uiCulture;
        try
        {
            await OnLiveChangedAsync();
            if (!_disposed)
                StateHasChanged();
        }
        catch (Exception e)
        {
            await DispatchExceptionAsync(e);
        }
    }
}
