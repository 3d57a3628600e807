namespace Futago.Failover.Tests.Heartbeats;

public sealed class HeartbeatSessionTests
{
    private readonly HeartbeatSession _session = new(bootId: 100, check: true);

    public HeartbeatSessionTests()
    {
        for (var i = 0; i < 10; i++)
            _session.NextSequence(1000 + i);
    }

    [Fact]
    public void UnknownStart_CountsOnlyAfterItHasHeardThisOne()
    {
        Assert.False(_session.Accept(From(200, 1, echoBoot: 0, echo: 0), 1));
        Assert.Equal((200UL, 1UL), _session.Heard);
        Assert.True(_session.Accept(From(200, 2, echoBoot: 100, echo: 3), 2));
    }

    [Fact]
    public void Repeated_And_Older_AreIgnored()
    {
        Assert.True(_session.Accept(From(200, 5, 100, 3), 1));
        Assert.False(_session.Accept(From(200, 5, 100, 3), 2));
        Assert.False(_session.Accept(From(200, 4, 100, 4), 3));
    }

    [Fact]
    public void EarlierStart_RecordedAndSentAgain_IsIgnored()
    {
        Assert.True(_session.Accept(From(200, 5, 100, 3), 1));
        Assert.True(_session.Accept(From(201, 1, 100, 6), 2));

        Assert.False(_session.Accept(From(200, 6, 100, 5), 3));
        Assert.True(_session.Accept(From(201, 2, 100, 6), 4));
    }

    [Fact]
    public void EchoOfWhatWasNeverSent_IsIgnored() => Assert.False(_session.Accept(From(200, 1, 100, 11), 1));

    private static Heartbeat From(ulong boot, ulong sequence, ulong echoBoot, ulong echo) =>
        new() { BootId = boot, Sequence = sequence, EchoBootId = echoBoot, EchoSequence = echo };
}
