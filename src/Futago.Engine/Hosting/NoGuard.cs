using Futago.Failover;

namespace Futago.Engine.Hosting;

/// <summary>For an engine that was started without a guard: it can serve everything but what moves between nodes.</summary>
internal sealed class NoGuard : IServiceGuard
{
    public event Action<string>? Cleared
    {
        add { }
        remove { }
    }

    public void Permit(long untilMs)
    {
        // Nothing is served, so there is nothing to take away.
    }

    public Task<string?> OrderAsync(GuardOrderKind kind, GuardOrder order, CancellationToken cancellation) =>
        Task.FromResult<string?>("the engine runs without its guard");
}
