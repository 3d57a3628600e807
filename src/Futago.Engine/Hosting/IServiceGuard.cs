using Futago.Failover;

namespace Futago.Engine.Hosting;

/// <summary>The guard as the failover uses it; docs/protocol/guard.md.</summary>
internal interface IServiceGuard
{
    /// <summary>It took port and virtual IP away by itself, or is gone. On any thread.</summary>
    event Action<string>? Cleared;

    /// <summary>Until this instant of CLOCK_BOOTTIME, in ms, the node may serve; 0: not any more. Never waits.</summary>
    void Permit(long untilMs);

    /// <summary>Has the guard do something.</summary>
    /// <returns>Why it failed; null when it is done.</returns>
    /// <exception cref="OperationCanceledException">It did not answer in time.</exception>
    Task<string?> OrderAsync(GuardOrderKind kind, GuardOrder order, CancellationToken cancellation);
}
