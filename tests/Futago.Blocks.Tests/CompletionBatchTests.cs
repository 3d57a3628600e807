namespace Futago.Blocks.Tests;

public sealed class CompletionBatchTests
{
    [Fact]
    public void TryDefer_OutsideABatch_IsRefused()
    {
        var end = new CountingEnd();

        Assert.False(CompletionBatch.TryDefer(end));
        using (CompletionBatch.Begin())
        {
        }
        Assert.False(CompletionBatch.TryDefer(end));
        Assert.Equal(0, end.Count);
    }

    [Fact]
    public void Dispose_OfTheOuterBatch_EndsEverything()
    {
        var (first, second) = (new CountingEnd(), new CountingEnd());
        using (CompletionBatch.Begin())
        {
            Assert.True(CompletionBatch.TryDefer(first));
            using (CompletionBatch.Begin())
                Assert.True(CompletionBatch.TryDefer(second));
            Assert.True(CompletionBatch.TryDefer(second));
            Assert.Equal((0, 0), (first.Count, second.Count));
        }

        Assert.Equal((1, 2), (first.Count, second.Count));
    }

    [Fact]
    public void Batch_OfOneThread_IsNoneOfAnother()
    {
        bool? deferred = null;
        using (CompletionBatch.Begin())
        {
            var thread = new Thread(() => deferred = CompletionBatch.TryDefer(new CountingEnd()));
            thread.Start();
            thread.Join();
        }

        Assert.False(deferred);
    }

    private sealed class CountingEnd : ICompletionBatchEnd
    {
        public int Count { get; private set; }

        public void OnBatchEnded() => Count++;
    }
}
