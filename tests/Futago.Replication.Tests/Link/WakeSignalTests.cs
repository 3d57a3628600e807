using System.Collections.Concurrent;

namespace Futago.Replication.Tests.Link;

public sealed class WakeSignalTests
{
    [Fact]
    public async Task Signals_BeforeAWait_EndOneWaitAtOnce()
    {
        var signal = new WakeSignal();
        signal.Set();
        signal.Set();

        signal.Wait();
        var waiting = OnThreadAsync(signal.Wait);
        Assert.False(waiting.IsCompleted);
        signal.Set();
        await waiting;
    }

    [Fact]
    public async Task Wait_EndsWithTheNextSignal()
    {
        var signal = new WakeSignal();
        for (var i = 0; i < 3000; i++)
        {
            var waiting = OnThreadAsync(signal.Wait);
            Assert.False(waiting.IsCompleted);
            signal.Set();
            await waiting;
        }
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

        await OnThreadAsync(() =>
        {
            for (var taken = 0; taken < Threads * EachThread;)
            {
                signal.Wait();
                while (queue.TryDequeue(out _))
                    taken++;
            }
        });

        await Task.WhenAll(filling);
    }

    private static Task OnThreadAsync(Action work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
