namespace Futago.Failover.Tests.Heartbeats;

public sealed class HeartbeatCodecTests
{
    private static readonly Guid Pair = new("11111111-2222-3333-4444-555555555555");
    private static readonly Guid A = new("aaaaaaaa-0000-0000-0000-000000000001");
    private static readonly Guid B = new("bbbbbbbb-0000-0000-0000-000000000002");
    private static readonly PairKey Key = new(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray());

    private static readonly Heartbeat Sample = new()
    {
        BootId = 0x1122334455667788,
        Sequence = 9,
        EchoBootId = 0x99AABBCCDDEEFF00,
        EchoSequence = 7,
        EchoHeldMs = 300,
        Path = 1,
        PathSequence = 5,
        State = NodeState.ActiveAlone,
        Term = 12,
        Highest = 13,
        DataTerm = 11,
        Alone = true,
        Yielded = false,
        Data = DataState.UpToDate,
        InSync = true,
        PingOk = true,
        PingsSeen = 3,
        IsPrimary = true,
        Mode = new PairMode(4, true, true),
        Ask = AskKind.Yield,
        AskTerm = 12,
        AskId = 6,
        AnswerId = 2,
        Answer = AskAnswer.No,
    };

    /// <summary>docs/protocol/heartbeat.md. What changes here changes the version.</summary>
    [Fact]
    public void Bytes_Golden()
    {
        var bytes = Write(Sample);

        Assert.Equal(GoldenBytes, Convert.ToHexStringLower(bytes));
    }

    private const string GoldenBytes = "46480100a000010511111111222233334444555555555555aaaaaaaa0000000000000000000000018877665544332211090000000000000000ffeeddccbbaa9907000000000000002c01047d050000000c000000000000000d000000000000000b0000000000000003000302060000000c000000000000000200000004000000d516a272a55c44d179b49a7f62547ac702c59670037943f0367df514c3844a1a";

    [Fact]
    public void Heartbeat_IsReadAsItWasWritten()
    {
        Assert.Equal(HeartbeatRead.Ok, FromA.Read(Write(Sample), out var read));
        Assert.Equal(Sample, read);
    }

    [Fact]
    public void Own_ThrownBack_IsRefused() =>
        Assert.Equal(HeartbeatRead.OtherSender, new HeartbeatCodec(Key, Pair, A, B).Read(Write(Sample), out _));

    [Fact]
    public void AnotherKey_IsRefused() =>
        Assert.Equal(HeartbeatRead.NotAuthentic, new HeartbeatCodec(PairKey.Create(), Pair, B, A).Read(Write(Sample), out _));

    [Fact]
    public void Fuzz_OneBitIsEnoughToBeRefused()
    {
        var good = Write(Sample);
        for (var bit = 0; bit < good.Length * 8; bit++)
        {
            var bytes = good.ToArray();
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));

            Assert.NotEqual(HeartbeatRead.Ok, FromA.Read(bytes, out var read));
            Assert.Null(read);
        }
    }

    /// <summary>Any length, any bytes; and authentic ones with any content, as a faulty peer would send them.</summary>
    [Fact]
    public void Fuzz_NothingThrows()
    {
        var random = new Random(5);
        for (var i = 0; i < 50_000; i++)
        {
            var bytes = new byte[random.Next(0, 600)];
            random.NextBytes(bytes);
            if (random.Next(2) == 0 && bytes.Length >= HeartbeatCodec.Bytes)
            {
                Write(Sample).CopyTo(bytes, 0);
                bytes = bytes[..(random.Next(4) == 0 ? bytes.Length : HeartbeatCodec.Bytes)];
                for (var n = random.Next(4); n > 0; n--)
                    bytes[random.Next(bytes.Length - 32)] = (byte)random.Next(256);
                System.Security.Cryptography.HMACSHA256.HashData(Key.Derive("futago-heartbeat"), bytes.AsSpan(..^32), bytes.AsSpan(^32..));
            }
            if (FromA.Read(bytes, out var read) == HeartbeatRead.Ok)
                Assert.Equal(bytes, Write(read!));
        }
    }

    [Fact]
    public void WireEnums_AreFrozen()
    {
        Assert.Equal("Off=0 Passive=1 TakingOver=2 ActiveMirrored=3 Frozen=4 ActiveAlone=5 HandingOver=6 Stopping=7", Values<NodeState>());
        Assert.Equal("Diskless=0 Failed=1 Inconsistent=2 Outdated=3 UpToDate=4", Values<DataState>());
        Assert.Equal("None=0 Follow=1 FollowOutdated=2 Yield=3 TakeOver=4", Values<AskKind>());
        Assert.Equal("None=0 Yes=1 No=2", Values<AskAnswer>());
        Assert.Equal("Query=1 Acquire=2 Release=3", Values<WitnessOperation>());
        Assert.Equal("Done=1 TermMoved=2 Held=3 HolderAlone=4 Unknown=5 StoreFailed=6 Full=7", Values<WitnessResult>());
    }

    private static HeartbeatCodec FromA => new(Key, Pair, B, A);

    private static string Values<T>() where T : struct, Enum => string.Join(' ', Enum.GetValues<T>().Select(v => $"{v}={Convert.ToInt32(v, null)}"));

    private static byte[] Write(Heartbeat h)
    {
        var bytes = new byte[HeartbeatCodec.Bytes];
        new HeartbeatCodec(Key, Pair, A, B).Write(h, bytes);
        return bytes;
    }
}
