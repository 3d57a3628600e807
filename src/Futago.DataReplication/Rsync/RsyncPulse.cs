using Futago.DataReplication.Linux;

namespace Futago.DataReplication.Rsync;

/// <summary>
/// Asks the sending rsync once a second how far it is: rsync(1), <c>--progress</c>, "instant progress report by sending rsync a signal of either SIGINFO or
/// SIGVTALRM". It answers when the file that it is sending has been sent; until then the bytes that it reads say how it goes on. That costs
/// nothing for each file, where <c>--info=progress2</c> prints a line for each.
/// </summary>
internal static class RsyncPulse
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <param name="beat">Called after each signal with the bytes that the process has read.</param>
    /// <param name="ended">rsync has ended.</param>
    public static async Task RunAsync(ChildHandle process, Action<long> beat, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(ended))
            {
                _ = process.TrySignal(Signals.SIGVTALRM);
                if (process.ReadBytes() is { } bytes)
                    beat(bytes);
            }
        }
        catch (OperationCanceledException)
        {
            // The last beat was before.
        }
    }
}
