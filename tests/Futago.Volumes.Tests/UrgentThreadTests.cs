using Futago.Volumes.Linux;

namespace Futago.Volumes.Tests;

public sealed class UrgentThreadTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    // What getpriority gives for an error, too.
    [InlineData(-1)]
    public void Dispose_ThreadWithAPriority_HasItAgain(int before)
    {
        // The priority is the thread's: one of its own, so that no other test gets it.
        var seen = new List<int>();
        var thread = new Thread(() =>
        {
            _ = UrgentThread.SetPriority(0, 0, before);
            using (UrgentThread.Begin())
                seen.Add(UrgentThread.GetPriority(0, 0));
            seen.Add(UrgentThread.GetPriority(0, 0));
        });

        thread.Start();
        thread.Join();

        Assert.Equal([-15, before], seen);
    }
}
