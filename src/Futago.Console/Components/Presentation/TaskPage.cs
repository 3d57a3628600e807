using Futago.Console.Client.Tasks;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Presentation;

/// <summary>What the pages of tasks have in common: they are read again whenever a run begins or ends.</summary>
public abstract class TaskPage : ConsolePage
{
    private long _seen;

    [Inject]
    public required ILiveTasks Runs { get; init; }

    [Inject]
    public required TimeText Times { get; init; }

    protected override void OnInitialized()
    {
        base.OnInitialized();
        Runs.Changed += ShowChange;
    }

    protected override void Dispose(bool disposing)
    {
        Runs.Changed -= ShowChange;
        base.Dispose(disposing);
    }

    protected override Task OnLiveChangedAsync() => _seen == Runs.Version ? Task.CompletedTask : ReadAsync();

    protected Task ReadAsync() => LoadAsync(() =>
    {
        _seen = Runs.Version;
        return ReadTasksAsync();
    });

    /// <summary>Reads what the page shows.</summary>
    protected abstract Task ReadTasksAsync();
}
