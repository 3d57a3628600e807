using System.Globalization;

namespace Futago.Volumes.Linux;

/// <summary>
/// Freezing a file system waits three times until every processor has passed a quiet moment, 40–70 ms together, through which writers are
/// held. The kernel can ask the processors instead of waiting for them, which disturbs each for a moment (rcu_expedited, kernel-parameters).
/// So it is asked to, but only while something freezes.
/// </summary>
/// <param name="switchFile">/sys/kernel/rcu_expedited; absent or read-only in some containers, where everything takes its time.</param>
internal sealed class GracePeriods(string switchFile)
{
    private readonly Lock _gate = new();
    private int _hurried;

    /// <summary>Whether the administrator has set it for good (or another engine on this machine is freezing just now): then it is not ours to reset.</summary>
    private bool _wasOn;

    public static GracePeriods OfThisMachine { get; } = new("/sys/kernel/rcu_expedited");

    /// <summary>Waits are short until what this returns is disposed of.</summary>
    public IDisposable Hurry()
    {
        lock (_gate)
        {
            if (_hurried++ == 0)
            {
                _wasOn = IsOn();
                Set(true);
            }
        }
        return new Hurried(this);
    }

    private void End()
    {
        lock (_gate)
        {
            if (--_hurried == 0 && !_wasOn)
                Set(false);
        }
    }

    private bool IsOn()
    {
        try
        {
            return int.TryParse(File.ReadAllText(switchFile), NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) && value != 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void Set(bool on)
    {
        try
        {
            // Not File.WriteAllText: it would create the file where there is none.
            using var file = new FileStream(switchFile, FileMode.Open, FileAccess.Write);
            file.Write(on ? "1\n"u8 : "0\n"u8);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It takes longer then.
        }
    }

    private sealed class Hurried(GracePeriods owner) : IDisposable
    {
        private int _ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
                owner.End();
        }
    }
}
