using System.Collections.Concurrent;

namespace Futago.Replication.Tests.Link;

public sealed class WakeSignalTests
{
    [Fact]
    public void Signals_BeforeAWait_EndOneWaitAtOnce()
    {
        var signal = new WakeSignal();
        signal.Set();
        signal.Set();

        Assert.True(signal.WaitAsync().AsTask().IsCompletedSuccessfully);
        Assert.False(signal.WaitAsync().AsTask().IsCompleted);
    }

    [Fact]
    public async Task Wait_EndsWithTheNextSignal()
    {
        var signal = new WakeSignal();
        for (var i = 0; i < 3; i++)
        {
            var waiting = signal.WaitAsync().AsTask();
            Assert.False(waiting.IsCompleted);
            signal.Set();
            await waiting;
        }
        Assert.False(signal.WaitAsync().AsTask().IsCompleted);
    }

    /// <summary>Whoever waits after it has looked never sleeps over something that was queued before it was signalled.</summary>
    [Fact]
    public async Task Queue_FilledByMany_IsEmptiedByOne()
    {
        const int Threads = 4;
        const int EachThread = 50_000;
        var (signal, queue) = (new WakeSignal(), new ConcurrentQueue<int>());
        var filling = Enumerable.Range(0, Threads).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < EachThread; i++)
            {
                queue.Enqueue(i);
                signal.Set();
                if (i % 64 == 0)
                    Thread.Yield();
            }
        })).ToArray();

        for (var taken = 0; taken < Threads * EachThread;)
        {
            await signal.WaitAsync();
            while (queue.TryDequeue(out _))
                taken++;
        }

        await Task.WhenAll(filling);
    }
}
