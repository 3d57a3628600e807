namespace Futago.Blocks.Tests.Files;

public sealed class GroupCommitTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task WritesOfOneBatch_ShareOneSync()
    {
        var file = new FakeBlockFile(4096);
        var commit = new GroupCommit(file, "commit", _ => { });
        await IdleAfterOneAsync(commit);
        var before = file.SyncCount;
        var requests = Enumerable.Range(0, 20).Select(_ => Durable()).ToList();

        using (CompletionBatch.Begin())
        {
            foreach (var request in requests)
                Join(commit, request);
            // Asleep until the last has joined.
            Assert.Equal(before, file.SyncCount);
        }
        foreach (var request in requests)
            await request.Completion.WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.Equal(before + 1, file.SyncCount);
        Assert.All(requests, request => Assert.Equal((BlockStatus.Ok, 1), (request.Status, request.CompletionCount)));
        commit.Close();
    }

    [Fact]
    public async Task Close_BeforeABatchEnds_EndsWhatHasJoined()
    {
        var commit = new GroupCommit(new FakeBlockFile(4096), "commit", _ => { });
        await IdleAfterOneAsync(commit);
        var request = Durable();

        using (CompletionBatch.Begin())
        {
            Join(commit, request);
            commit.Close();
        }

        Assert.Equal((BlockStatus.Offline, 1), (request.Status, request.CompletionCount));
    }

    private static ProbeRequest Durable() => new(BlockOperation.Write, 0, 512, null);

    private static void Join(GroupCommit commit, ProbeRequest request)
    {
        commit.CountChange();
        commit.Join(request);
    }

    private static async Task IdleAfterOneAsync(GroupCommit commit)
    {
        var first = Durable();
        Join(commit, first);
        await first.Completion.WaitAsync(Patience, TestContext.Current.CancellationToken);
        while (!commit.IsIdle)
            await Task.Yield();
    }
}
