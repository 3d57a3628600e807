using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Futago.Engine.Link;

namespace Futago.Engine.Tests;

/// <summary>The records that take the place of TLS: what was written is read, and nothing else ever is.</summary>
public sealed class SealedStreamTests : IAsyncDisposable
{
    private static readonly byte[] Secret = [.. Enumerable.Range(0, RecordKeys.SecretBytes).Select(i => (byte)i)];

    private readonly List<IDisposable> _parts = [];

    [Theory]
    [InlineData(1L << 20)]
    [InlineData(3)]
    public async Task Bytes_InAnyPieces_ArriveAsTheyWereWritten(long recordsPerKey)
    {
        var (near, far) = await ConnectAsync(recordsPerKey);
        var random = new Random(5);
        var bytes = new byte[3 << 20];
        random.NextBytes(bytes);

        var writing = Task.Run(async () =>
        {
            var pieces = new Random(6);
            for (var at = 0; at < bytes.Length;)
            {
                var piece = Math.Min(pieces.Next(1, pieces.Next(2) == 0 ? 500 : 300_000), bytes.Length - at);
                await near.WriteAsync(bytes.AsMemory(at, piece));
                if (pieces.Next(3) == 0)
                    await near.FlushAsync();
                at += piece;
            }
            await near.FlushAsync();
        });
        var read = new byte[bytes.Length];
        for (var at = 0; at < read.Length;)
        {
            var n = await far.ReadAsync(read.AsMemory(at, Math.Min(random.Next(1, 200_000), read.Length - at)));
            Assert.True(n > 0);
            at += n;
        }
        await writing;

        Assert.Equal(SHA256.HashData(bytes), SHA256.HashData(read));
    }

    [Fact]
    public async Task Start_OfTheOtherEnd_IsWaitedFor()
    {
        var (near, far) = await ConnectAsync();

        var waiting = far.WaitForStartAsync(CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        await near.StartAsync(CancellationToken.None);
        await waiting;
        await near.WriteAsync("x"u8.ToArray());
        await near.FlushAsync();
        var read = new byte[1];
        await far.ReadExactlyAsync(read);

        Assert.Equal((byte)'x', read[0]);
    }

    [Fact]
    public async Task Start_WithAnotherSecret_IsRefused()
    {
        var (near, far) = await ConnectAsync(secretOfReader: new byte[RecordKeys.SecretBytes]);

        await near.StartAsync(CancellationToken.None);

        await Assert.ThrowsAsync<IOException>(() => far.WaitForStartAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Start_ThatIsNotEmpty_IsRefused()
    {
        var (near, far) = await ConnectAsync();

        await near.WriteAsync(new byte[1]);
        await near.FlushAsync();

        await Assert.ThrowsAsync<IOException>(() => far.WaitForStartAsync(CancellationToken.None));
    }

    [Fact]
    public void Secrets_OfBothDirections_DifferAndNeedBothEnds()
    {
        var (random, other) = (RandomNumberGenerator.GetBytes(RecordKeys.SecretBytes), RandomNumberGenerator.GetBytes(RecordKeys.SecretBytes));

        var (outwards, inwards) = RecordKeys.Derive(random, other);

        Assert.NotEqual(outwards, inwards);
        Assert.NotEqual(outwards, RecordKeys.Derive(random, random).FromDialler);
        Assert.NotEqual(outwards, RecordKeys.Derive(other, other).FromDialler);
        Assert.NotEqual(outwards, RecordKeys.Derive(other, random).FromDialler);
    }

    /// <summary>Every byte of a record counts: length, content and tag.</summary>
    [Fact]
    public async Task Record_WithOneBitChanged_EndsTheConnection()
    {
        var record = Records(1)[0];
        for (var at = 0; at < record.Length; at++)
        {
            var changed = (byte[])record.Clone();
            changed[at] ^= 1;
            var (far, wire) = await ReaderAsync();
            wire.Send(changed);
            wire.Shutdown(SocketShutdown.Send);

            // A longer length waits for more, which never comes.
            await Assert.ThrowsAnyAsync<IOException>(async () => await far.ReadExactlyAsync(new byte[8]));
        }
    }

    /// <summary>Records repeated, left out or in another order are not what was sent at their place.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(0, 2)]
    public async Task Records_OutOfOrder_EndTheConnection(int first, int second)
    {
        var records = Records(3);
        var (far, wire) = await ReaderAsync();
        wire.Send(records[first]);
        wire.Send(records[second]);

        await Assert.ThrowsAsync<IOException>(async () => await far.ReadExactlyAsync(new byte[16]));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(SealedStream.RecordBytes + 1)]
    [InlineData(int.MaxValue)]
    public async Task AnnouncedLength_OutOfRange_EndsTheConnectionAtOnce(int length)
    {
        var header = new byte[SealedStream.HeaderBytes];
        BinaryPrimitives.WriteInt32LittleEndian(header, length);
        var (far, wire) = await ReaderAsync();
        wire.Send(header);

        await Assert.ThrowsAsync<IOException>(async () => await far.ReadExactlyAsync(new byte[8]));
    }

    [Fact]
    public async Task EmptyRecord_AfterTheStart_EndsTheConnection()
    {
        var (near, far) = await ConnectAsync();

        await near.StartAsync(CancellationToken.None);

        await Assert.ThrowsAsync<IOException>(async () => await far.ReadExactlyAsync(new byte[8]));
    }

    [Fact]
    public async Task Closing_EndsAReadThatWaits()
    {
        var (_, far) = await ConnectAsync();
        var reading = far.ReadAsync(new byte[8]).AsTask();

        await far.DisposeAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => reading);
    }

    public ValueTask DisposeAsync()
    {
        _parts.ForEach(p => p.Dispose());
        return ValueTask.CompletedTask;
    }

    /// <summary>Records of eight bytes, as they are on the wire.</summary>
    private static List<byte[]> Records(int count)
    {
        using var keys = new RecordKeys([.. Secret]);
        var records = new List<byte[]>();
        for (var i = 0; i < count; i++)
        {
            var record = new byte[SealedStream.HeaderBytes + 8 + RecordKeys.TagBytes];
            record[0] = 8;
            keys.Seal(record.AsSpan(0, SealedStream.HeaderBytes), new byte[8], record.AsSpan(SealedStream.HeaderBytes, 8), record.AsSpan(SealedStream.HeaderBytes + 8));
            records.Add(record);
        }
        return records;
    }

    private async Task<(SealedStream Far, Socket Wire)> ReaderAsync()
    {
        var (wire, socket) = await SocketsAsync();
        return (Keep(new SealedStream(socket, new RecordKeys([.. Secret]), new RecordKeys([.. Secret]))), wire);
    }

    private async Task<(SealedStream Near, SealedStream Far)> ConnectAsync(long recordsPerKey = 1L << 20, byte[]? secretOfReader = null)
    {
        var (near, far) = await SocketsAsync();
        return (
            Keep(new SealedStream(near, new RecordKeys([.. Secret], recordsPerKey), new RecordKeys([.. Secret], recordsPerKey))),
            Keep(new SealedStream(far, new RecordKeys([.. Secret], recordsPerKey), new RecordKeys([.. secretOfReader ?? Secret], recordsPerKey))));
    }

    private async Task<(Socket Near, Socket Far)> SocketsAsync()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var near = Keep(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        await near.ConnectAsync(listener.LocalEndPoint!);
        return (near, Keep(await listener.AcceptAsync()));
    }

    private T Keep<T>(T part)
        where T : IDisposable
    {
        _parts.Add(part);
        return part;
    }
}
