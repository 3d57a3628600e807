namespace Futago.Blocks.Tests.Files;

public sealed class GroupCommitTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly FakeBlockFile _file = new(65536);
    private readonly GroupCommit _commit;

    public GroupCommitTests() => _commit = new GroupCommit(_file, "test", _ => { }, _ => { }, null, 0);

    public void Dispose() => _commit.Close();

    /// <summary>What one receive has brought is committed at once, not its first write alone.</summary>
    [Fact]
    public async Task WritesOfOneBatch_WakeTheThread_WhenTheLastHasJoined()
    {
        await BecomeIdleAsync();
        ProbeRequest[] writes = [Write(), Write(), Write()];

        using (CompletionBatch.Begin())
        {
            foreach (var write in writes)
            {
                _commit.Join(write);
                // Too early for a thread that is woken at once only if it is slow: then this finds nothing, and that is all.
                Assert.False(_file.SyncEntered.Wait(TimeSpan.FromMilliseconds(20)));
            }
        }
        await Task.WhenAll(writes.Select(w => w.Completion)).WaitAsync(Patience);

        Assert.Equal(2, _file.SyncCount);
    }

    /// <summary>Whoever joins meanwhile is woken along with the others.</summary>
    [Fact]
    public async Task WriteOfAnotherThread_DuringTheBatch_IsNotForgotten()
    {
        await BecomeIdleAsync();
        var (first, second, other) = (Write(), Write(), Write());

        using (CompletionBatch.Begin())
        {
            _commit.Join(first);
            var thread = new Thread(() => _commit.Join(other));
            thread.Start();
            thread.Join();
            _commit.Join(second);
        }
        await Task.WhenAll(first.Completion, second.Completion, other.Completion).WaitAsync(Patience);

        Assert.All([first, second, other], w => Assert.Equal(BlockStatus.Ok, w.Status));
    }

    private async Task BecomeIdleAsync()
    {
        var first = Write();
        _commit.Join(first);
        await first.Completion.WaitAsync(Patience);
        Assert.True(await _file.SyncEntered.WaitAsync(Patience));
        Assert.True(SpinWait.SpinUntil(() => _commit.IsIdle, Patience));
    }

    private static ProbeRequest Write() => new(BlockOperation.Write, 0, 4096, null) { Durable = true };
}
