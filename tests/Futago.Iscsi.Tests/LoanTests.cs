using Futago.Blocks;
using Futago.Scsi;
using Futago.Scsi.LogicalUnits;
using Futago.Testing.Blocks;
using Futago.Testing.Iscsi;
using Futago.Testing.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Futago.Iscsi.Tests;

/// <summary>
/// Long reads whose data goes from the page cache into the socket as it lies there: what arrives is what was read, whatever else happens to the file.
/// </summary>
public sealed class LoanTests : IAsyncLifetime
{
    private const int BlockBytes = 512;
    private const int LengthBytes = 4 << 20;
    private const string Target = "iqn.2026-01.example.futago:file";

    private readonly string _directory = Directory.CreateTempSubdirectory("futago-loan-").FullName;
    private readonly ServerUnderTest _server = new();
    private readonly byte[] _content = new byte[LengthBytes];
    private CountingDevice _device = null!;
    private ScsiTarget _scsi = null!;

    private string FileName => Path.Combine(_directory, "volume");

    public async ValueTask InitializeAsync()
    {
        new Random(19).NextBytes(_content);
        // Holes at both ends of the file, and one within.
        foreach (var (start, length) in new[] { (0, 70_000), (1 << 20, 300_000), (LengthBytes - 100_000, 100_000) })
            _content.AsSpan(start, length).Clear();
        await using (var file = File.Create(FileName))
        {
            file.SetLength(LengthBytes);
            foreach (var (start, end) in new[] { (70_000, 1 << 20), ((1 << 20) + 300_000, LengthBytes - 100_000) })
            {
                file.Position = start;
                await file.WriteAsync(_content.AsMemory(start, end - start));
            }
        }
        _device = new CountingDevice(FileBlockDevice.Open(FileName, new FileBlockDeviceOptions { CacheMode = CacheMode.PageCache }));
        var unit = new LogicalUnit(new LogicalUnitOptions(0, new LogicalUnitIdentity("0123456789abcdef", "loan"), BlockBytes, false, true, false, false), _device);
        _scsi = new ScsiTarget(new ScsiTargetOptions { Name = Target }, _server.Time, NullLogger<ScsiTarget>.Instance);
        await _scsi.SetLogicalUnits([unit]);
        _server.Server.SetTarget(_server.Definition(Target) with { Scsi = _scsi });
        // Everything is in the page cache from here on, the holes too.
        _ = await File.ReadAllBytesAsync(FileName);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _device.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private ScriptedInitiator LogIn(byte number = 1, params IEnumerable<(string Key, string Value)> keys)
    {
        var initiator = _server.Connect();
        initiator.Isid = [0x80, 0, 0, number, 0, 0];
        Assert.Equal(0, initiator.LoginNormal(Target, [("ImmediateData", "Yes"), ("FirstBurstLength", "262144"), .. keys]).LoginStatus);
        initiator.TakeAttentions(0);
        return initiator;
    }

    private ReadOnlySpan<byte> Blocks(uint lba, int blocks) => _content.AsSpan((int)lba * BlockBytes, blocks * BlockBytes);

    [Theory]
    [InlineData("262144", "262144", 0)]
    [InlineData("65536", "1048576", 32768)]
    [InlineData("49999", "131072", 0)]
    [InlineData("262143", "262144", 32768)]
    [InlineData("1048576", "1048576", 32768)]
    public void Read_AnyPlaceAndLength_BringsTheBytesOfTheFile(string segment, string burst, int receiveBuffer)
    {
        using var initiator = LogIn(1, ("MaxRecvDataSegmentLength", segment), ("MaxBurstLength", burst));
        if (receiveBuffer > 0)
            initiator.ReceiveBufferBytes = receiveBuffer;
        var random = new Random(segment.Length + receiveBuffer);

        // Through a window that is smaller than a segment TCP takes its time.
        var (rounds, depth) = receiveBuffer > 0 ? (1, 3) : (10, 8);
        for (var round = 0; round < rounds; round++)
        {
            var reads = Enumerable.Range(1, depth).ToDictionary(tag => (uint)tag, _ =>
            {
                var blocks = random.Next(64, 1000);
                return (Lba: (uint)random.Next(0, (LengthBytes / BlockBytes) - blocks + 1), Blocks: blocks);
            });
            initiator.SendTogether(reads.Select(read => initiator.Read(read.Key, read.Value.Lba, (ushort)read.Value.Blocks)));
            foreach (var (tag, data) in CollectAll(initiator, reads.Count))
                Assert.True(Blocks(reads[tag].Lba, reads[tag].Blocks).SequenceEqual(data), $"round {round}: {reads[tag]}");
        }

        Assert.True(_device.Loans > 0);
    }

    /// <summary>The data of so many reads, whose answers come in any order.</summary>
    private static Dictionary<uint, byte[]> CollectAll(ScriptedInitiator initiator, int count)
    {
        var parts = new Dictionary<uint, List<byte>>();
        for (var ended = 0; ended < count;)
        {
            var pdu = initiator.Expect(0x25);
            if (!parts.TryGetValue(pdu.TaskTag, out var data))
                parts[pdu.TaskTag] = data = [];
            Assert.Equal((uint)data.Count, pdu.U32(40));
            data.AddRange(pdu.Data);
            if ((pdu.Flags & 1) == 0)
                continue;
            Assert.Equal(0, pdu.Status);
            ended++;
        }
        return parts.ToDictionary(part => part.Key, part => part.Value.ToArray());
    }

    [Fact]
    public void Read_TheLastBlocks_AreLentToo()
    {
        using var initiator = LogIn(1, ("MaxRecvDataSegmentLength", "262144"));
        var before = _device.Loans;

        var answer = initiator.Execute(0, ScriptedInitiator.Cdb10(0x28, (LengthBytes / BlockBytes) - 200, 200), 200 * BlockBytes);
        var beyond = initiator.Execute(0, ScriptedInitiator.Cdb10(0x28, (LengthBytes / BlockBytes) - 199, 200), 200 * BlockBytes);

        Assert.True(Blocks((LengthBytes / BlockBytes) - 200, 200).SequenceEqual(answer.Data));
        Assert.Equal(0x2100, beyond.AdditionalSense);
        Assert.Equal(before + 1, _device.Loans);
    }

    [Fact]
    public void Write_ToWhatAnotherInitiatorHasNotGotYet_WaitsForIt()
    {
        using var reader = LogIn(1, ("MaxRecvDataSegmentLength", "262144"));
        using var writer = LogIn(2);
        var content = Enumerable.Repeat((byte)0xEE, 8 * BlockBytes).ToArray();

        reader.Send(reader.Read(1, 200, 64));
        ServerUnderTest.WaitFor(() => reader.Available >= 64 * BlockBytes);
        writer.Send(writer.Write(1, 240, 8, content));
        writer.Send(writer.Write(2, 2000, 8, content));
        var elsewhere = writer.Expect(0x21);
        var (data, _) = reader.Collect(1);
        var ping = reader.Expect(0x20);
        var waited = writer.Available == 0;
        reader.Send(WirePdu.New(0x40, 0x80, uint.MaxValue).With32(20, ping.TransferTag).With32(24, reader.CmdSn).With32(28, reader.ExpStatSn));
        var written = writer.Expect(0x21);
        var again = reader.Execute(0, ScriptedInitiator.Cdb10(0x28, 240, 8), 8 * BlockBytes);

        Assert.Equal((2u, (byte)0), (elsewhere.TaskTag, elsewhere.Status));
        Assert.True(Blocks(200, 64).SequenceEqual(data));
        Assert.True(waited);
        Assert.Equal((1u, (byte)0), (written.TaskTag, written.Status));
        Assert.Equal(content, again.Data);
    }

    [Fact]
    public void Write_RightBehindARead_DoesNotShowInIt()
    {
        using var initiator = LogIn(1, ("MaxRecvDataSegmentLength", "262144"));
        var content = Enumerable.Repeat((byte)0xEE, 64 * BlockBytes).ToArray();

        initiator.SendTogether(initiator.Read(1, 200, 256), initiator.Write(2, 230, 64, content));
        var (data, _) = initiator.Collect(1);
        var ping = initiator.Expect(0x20);
        // Any request acknowledges, not only the answer to the ping.
        initiator.Send(initiator.NopOut(3));
        var answers = new[] { initiator.Receive(), initiator.Receive() };

        Assert.True(Blocks(200, 256).SequenceEqual(data));
        Assert.NotEqual(uint.MaxValue, ping.TransferTag);
        Assert.Equal([2u, 3u], answers.Select(answer => answer.TaskTag).Order());
    }

    [Fact]
    public void Write_ReaderHasGone_IsDone()
    {
        var reader = LogIn(1, ("MaxRecvDataSegmentLength", "262144"));
        using var writer = LogIn(2);
        reader.Send(reader.Read(1, 200, 64));
        ServerUnderTest.WaitFor(() => reader.Available >= 64 * BlockBytes);
        writer.Send(writer.Write(1, 240, 8, new byte[8 * BlockBytes]));

        reader.Dispose();

        Assert.Equal(0, writer.Expect(0x21).Status);
    }

    [Fact]
    public void Write_ReaderDoesNotAnswer_TakesTheReadersConnection()
    {
        using var reader = LogIn(1, ("MaxRecvDataSegmentLength", "262144"));
        using var writer = LogIn(2);
        reader.Send(reader.Read(1, 200, 64));
        ServerUnderTest.WaitFor(() => reader.Available >= 64 * BlockBytes);
        writer.Send(writer.Write(1, 240, 8, new byte[8 * BlockBytes]));
        ServerUnderTest.WaitFor(() => reader.Available >= (64 * BlockBytes) + (2 * WirePdu.HeaderLength));

        _server.Time.Advance(TimeSpan.FromSeconds(7));

        Assert.Equal(0, writer.Expect(0x21).Status);
        Assert.True(reader.IsClosedByTarget());
    }

    [Fact]
    public async Task Reads_WhileTheCacheIsEmptied_BringTheBytesOfTheFile()
    {
        using var initiator = LogIn(1, ("MaxRecvDataSegmentLength", "262144"));
        using var over = new CancellationTokenSource();
        var evicting = Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
                await Command.RunOkAsync("dd", $"if={FileName}", "iflag=nocache", "count=0", "status=none");
        }, TestContext.Current.CancellationToken);
        await Command.RunOkAsync("sync", FileName);
        var random = new Random(5);

        for (var round = 0; round < 100; round++)
        {
            var lba = (uint)random.Next(0, (LengthBytes / BlockBytes) - 512);
            initiator.Send(initiator.Read(1, lba, 512));
            var (data, last) = initiator.Collect(1);
            Assert.Equal(0, last.Status);
            Assert.True(Blocks(lba, 512).SequenceEqual(data), $"round {round}");
        }
        await over.CancelAsync();
        await evicting;
    }

    [Fact]
    public async Task Reads_BesideWritesOfWholeRanges_AreNeverTorn()
    {
        const int Blocks = 512;
        using var reader = LogIn(1, ("MaxRecvDataSegmentLength", "262144"));
        using var writer = LogIn(2);
        var writing = Task.Run(() =>
        {
            for (var value = 1; value <= 200; value++)
                Assert.Equal(0, writer.Execute(0, ScriptedInitiator.Cdb10(0x2A, 2048, Blocks), dataOut: [.. Enumerable.Repeat((byte)value, Blocks * BlockBytes)]).Status);
        }, TestContext.Current.CancellationToken);
        Assert.Equal(0, reader.Execute(0, ScriptedInitiator.Cdb10(0x2A, 2048, Blocks), dataOut: new byte[Blocks * BlockBytes]).Status);

        var tag = 1u;
        while (!writing.IsCompleted)
        {
            reader.Send(reader.Read(++tag, 2048, Blocks));
            var data = new List<byte>();
            for (var ended = false; !ended;)
            {
                var pdu = reader.Receive();
                if (pdu.Opcode == 0x20)
                {
                    reader.Send(WirePdu.New(0x40, 0x80, uint.MaxValue).With32(20, pdu.TransferTag).With32(24, reader.CmdSn).With32(28, reader.ExpStatSn));
                    continue;
                }
                data.AddRange(pdu.Data);
                ended = (pdu.Flags & 1) != 0;
            }
            Assert.True(data.TrueForAll(value => value == data[0]), "a read shows part of a write");
            // What waits for the last read is let go.
            reader.Send(reader.NopOut(++tag));
            while (reader.Receive().TaskTag != tag)
            {
            }
        }
        await writing;
    }

    [Theory]
    [InlineData("DataDigest", "CRC32C", 256)]
    [InlineData("MaxRecvDataSegmentLength", "8192", 256)]
    [InlineData("DataDigest", "None", 63)]
    public void Read_WithDigestsInSmallPiecesOrShort_IsCopied(string key, string value, ushort blocks)
    {
        using var initiator = LogIn(1, (key, value));

        var answer = initiator.Execute(0, ScriptedInitiator.Cdb10(0x28, 200, blocks), blocks * BlockBytes);

        Assert.True(Blocks(200, blocks).SequenceEqual(answer.Data));
        Assert.Equal(0, _device.Loans);
    }

    private sealed class CountingDevice(FileBlockDevice inner) : BlockDeviceDecorator(inner), IPageLender
    {
        private int _loans;

        public int Loans => _loans;

        public override void Submit(BlockRequest request) => Inner.Submit(request);

        public PageLoan? TryLend(long offsetBytes, int lengthBytes, IPageBorrower borrower)
        {
            var loan = inner.TryLend(offsetBytes, lengthBytes, borrower);
            if (loan is not null)
                Interlocked.Increment(ref _loans);
            return loan;
        }
    }
}
