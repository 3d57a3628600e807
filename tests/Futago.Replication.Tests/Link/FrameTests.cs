using Futago.Blocks;
using Futago.Testing.Fuzz;

namespace Futago.Replication.Tests.Link;

public sealed class FrameTests
{
    private readonly BlockBufferPool _pool = new(64 << 20);

    public static TheoryData<int> Samples => [.. Enumerable.Range(0, Messages(null).Count)];

    private static List<Message> Messages(object? payload) =>
    [
        new Hello(Guid.NewGuid(), Guid.NewGuid(), 5, true, 1 << 20, 1 << 19, new Generation(4), [new Generation(3)], [new Generation(2), new Generation(1)], true, false, true, false, true, 17, true),
        new Ready(), new BitmapPart(3, [.. Enumerable.Range(0, DirtyMap.WordsPerPage).Select(i => (ulong)i)]), new BitmapEnd(),
        new SyncStart(new Generation(9), 1 << 20), new SyncReady(), new SyncDone(), new SyncDoneAck(),
        new Write(1, BlockOperation.Write, 4096, 8192, true, payload), new Write(2, BlockOperation.Unmap, 0, 1L << 40, false, null), new WriteAck(1, BlockStatus.Ok),
        new Read(3, 0, 4096), new ReadReply(3, BlockStatus.Ok, payload), new Flush(4), new FlushAck(4, BlockStatus.WriteError),
        new Compare(5, 0, 2, [.. new byte[32]]), new CompareReply(5, BlockStatus.Ok, 3), new RoleChange(true), new RoleReply(false), new StaleTerm(8), new DiskLost(),
        new Blob(6, "reservations", 2, [1, 2, 3]), new BlobAck(6, true), new Ping(12), new Pong(12),
    ];

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task Message_IsReadAsItWasWritten(int index)
    {
        await IsReadAsItWasWrittenAsync(index, FrameHeader.Version1);
        await IsReadAsItWasWrittenAsync(index, FrameHeader.Version2);
    }

    /// <summary>Who speaks another version than was agreed on is not understood.</summary>
    [Theory]
    [InlineData(FrameHeader.Version1, FrameHeader.Version2)]
    [InlineData(FrameHeader.Version2, FrameHeader.Version1)]
    public async Task Frame_OfAnotherVersion_EndsTheConnection(byte written, byte expected)
    {
        var bytes = await EncodeAsync([new Ready()], written);

        Assert.Throws<IOException>(() => Reader(bytes, expected).Read());
    }

    /// <summary>Version 2 leaves the payload to TLS; header and fields have the checksum in both.</summary>
    [Theory]
    [InlineData(FrameHeader.Version1, false)]
    [InlineData(FrameHeader.Version2, true)]
    public async Task Checksum_CoversThePayloadInVersion1(byte version, bool isRead)
    {
        var buffer = _pool.TryRent(8192)!;
        buffer.GetSpan().Clear();
        var bytes = await EncodeAsync([new Write(1, BlockOperation.Write, 4096, 8192, true, new Payload(buffer, 0, 8192, null))], version);
        bytes[^1] ^= 1;

        Assert.Equal(isRead, Record.Exception(() => Reader(bytes, version).Read()) is null);
        bytes[FrameHeader.Bytes] ^= 1;
        Assert.Throws<IOException>(() => Reader(bytes, version).Read());
    }

    private async Task IsReadAsItWasWrittenAsync(int index, byte version)
    {
        var buffer = _pool.TryRent(8192)!;
        new Random(3).NextBytes(buffer.GetSpan());
        var message = Messages(new Payload(buffer, 0, 8192, null))[index];
        var bytes = await EncodeAsync([message], version);

        var frame = Reader(bytes, version).Read();

        Assert.Equal(Describe(message), Describe(frame.Message));
        Assert.Equal((1L, 7UL), (frame.Number, frame.Term));
    }

    /// <summary>Types on the wire are never renumbered.</summary>
    [Fact]
    public void MessageTypes_AreFrozen() => Assert.Equal(
        "Hello=1 Ready=2 BitmapPart=3 BitmapEnd=4 SyncStart=5 SyncReady=6 SyncDone=7 SyncDoneAck=8 Write=9 WriteAck=10 Read=11 ReadReply=12 Flush=13 FlushAck=14 " +
        "Compare=15 CompareReply=16 RoleChange=17 RoleReply=18 StaleTerm=19 DiskLost=20 Blob=21 BlobAck=22 Ping=23 Pong=24",
        string.Join(' ', Enum.GetValues<MessageType>().Select(t => $"{t}={(int)t}")));

    [Fact]
    public void AnnouncedLength_AboveTheLimit_EndsTheConnectionBeforeRoomIsMade()
    {
        var bytes = new byte[FrameHeader.Bytes];
        new FrameHeader(MessageType.Write, 40, FrameHeader.PayloadMaximum + 1, 1, 1, 0).WriteTo(bytes);

        Assert.Throws<IOException>(() => Reader(bytes).Read());
        Assert.Equal(0, _pool.AllocatedBytes);
    }

    /// <summary>
    /// Garbage, and good frames with something wrong in them: a frame, or an end of the connection; never anything else, and no
    /// buffer is lost. <c>scripts/fuzz.sh COUNT</c> goes on for longer.
    /// </summary>
    [Fact]
    public async Task Fuzz_GivesFramesOrEndsTheConnection()
    {
        var run = FuzzRun.FromEnvironment(usual: 60_000, seed: 11);
        var buffer = _pool.TryRent(8192)!;
        var samples = new List<byte[]>();
        foreach (var message in Messages(new Payload(buffer, 0, 8192, null)))
            samples.Add(await EncodeAsync([message]));
        var allocated = _pool.AllocatedBytes;
        var random = new Random(run.Seed);
        var (read, refused) = (0L, 0L);
        for (long i = 0; i < run.Count; i++)
        {
            var bytes = Mutate(random, samples[random.Next(samples.Count)]);
            try
            {
                var frame = Reader(bytes).Read();
                ((frame.Message as Write)?.Payload as Payload)?.Release();
                ((frame.Message as ReadReply)?.Payload as Payload)?.Release();
                read++;
            }
            catch (IOException)
            {
                refused++;
            }
        }
        Assert.True(read > 0 && refused > run.Count / 2, $"{run}: {read} read, {refused} refused");
        Assert.True(_pool.AllocatedBytes <= allocated + (32 << 20), "more than one buffer of each size: some were lost");
    }

    private static byte[] Mutate(Random random, byte[] sample)
    {
        if (random.Next(50) == 0)
            return sample;
        if (random.Next(20) == 0)
        {
            var garbage = new byte[random.Next(1, 200)];
            random.NextBytes(garbage);
            return garbage;
        }
        var bytes = (byte[])sample.Clone();
        for (var n = random.Next(1, 4); n > 0; n--)
            bytes[random.Next(random.Next(3) > 0 ? Math.Min(bytes.Length, 64) : bytes.Length)] = (byte)random.Next(256);
        // With a right checksum the fields themselves are reached.
        if (random.Next(2) == 0)
            Reseal(bytes);
        return random.Next(10) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
    }

    private static void Reseal(byte[] bytes)
    {
        bytes.AsSpan(28, 4).Clear();
        BitConverter.TryWriteBytes(bytes.AsSpan(28), Crc32C.Compute(bytes));
    }

    private static string Describe(Message message) => message switch
    {
        Hello m => $"{m with { Bases = [], History = [] }} {string.Join(',', m.Bases)} {string.Join(',', m.History)}",
        BitmapPart m => $"{m.Page} {string.Join(',', m.Words)}",
        Write m => $"{m with { Payload = null }} {Hash(m.Payload)}",
        ReadReply m => $"{m with { Payload = null }} {Hash(m.Payload)}",
        Compare m => $"{m.Id} {m.FirstBlock} {m.Blocks} {Convert.ToHexString(m.Digests.AsSpan())}",
        Blob m => $"{m.Id} {m.Name} {m.Version} {Convert.ToHexString(m.Content.AsSpan())}",
        _ => message.ToString(),
    };

    private static string Hash(object? payload) => payload is Payload p ? Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(p.Span)) : "";

    private FrameReader Reader(byte[] bytes, byte version = FrameHeader.Version1) => new(new MemoryStream(bytes), _pool, () => { }, version);

    /// <summary>Through the sender itself.</summary>
    private async Task<byte[]> EncodeAsync(List<Message> messages, byte version = FrameHeader.Version1)
    {
        var stream = new RecordingStream();
        using var session = new LinkSession(1, stream, _pool, _ => { }, version);
        long number = 0;
        messages.ForEach(m => session.Enqueue(new Frame(++number, 7, m)));
        session.Kick();
        var running = session.RunAsync();
        // All of it has been written when the counter says so: the sender itself would wait half a second at most.
        while (session.SentBytes == 0 || session.SentBytes != stream.Written.Length)
            await Task.Delay(1);
        session.Close();
        await running;
        return stream.Written.ToArray();
    }
}
