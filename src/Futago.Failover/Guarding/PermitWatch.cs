namespace Futago.Failover;

/// <summary>
/// The guard's decision: when the permit that the engine renews has lapsed, the port is blocked, the address goes and the engine is
/// told; when it has not said after a grace that it stopped, it is ended. Pure; asked at least every <see cref="CheckMs"/>. It needs nothing of the engine but
/// the last permit, so it holds for an engine that stands still.
/// </summary>
internal sealed class PermitWatch(FailoverOptions options)
{
    /// <summary>Longest pause between two looks.</summary>
    public const int CheckMs = 250;

    private long _untilMs;
    private bool _cleared = true;

    /// <summary>An engine was started; what its predecessor left must have been cleared before.</summary>
    public void EngineStarted() => (_untilMs, _cleared) = (0, true);

    /// <returns><see cref="GuardAction.Clear"/> when the engine says that it has stopped.</returns>
    public GuardAction Permitted(long untilMs)
    {
        _untilMs = untilMs;
        _cleared = untilMs == 0;
        return _cleared ? GuardAction.Clear : GuardAction.None;
    }

    /// <summary>To be asked after everything that the engine has sent was read.</summary>
    public GuardAction Check(long nowMs)
    {
        if (_untilMs == 0 || nowMs < _untilMs)
            return GuardAction.None;
        if (nowMs >= _untilMs + options.KillMs - 2 * CheckMs)
            return GuardAction.EndEngine;
        if (_cleared)
            return GuardAction.None;
        _cleared = true;
        return GuardAction.Clear;
    }
}
