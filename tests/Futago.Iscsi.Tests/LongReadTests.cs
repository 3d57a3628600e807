using Futago.Blocks;
using Futago.Scsi;
using Futago.Scsi.LogicalUnits;
using Futago.Testing.Iscsi;
using Futago.Testing.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Futago.Iscsi.Tests;

/// <summary>
/// Long reads of a real file with holes: what arrives is what was read, in whatever pieces and through however small a window, and whatever else happens
/// to the file before the initiator takes it.
/// </summary>
public sealed class LongReadTests : IAsyncLifetime
{
    private const int BlockBytes = 512;
    private const int LengthBytes = 4 << 20;
    private const string Target = "iqn.2026-01.example.futago:file";

    private readonly string _directory = Directory.CreateTempSubdirectory("futago-read-").FullName;
    private readonly ServerUnderTest _server = new();
    private readonly byte[] _content = new byte[LengthBytes];
    private FileBlockDevice _device = null!;
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
        _device = FileBlockDevice.Open(FileName, new FileBlockDeviceOptions { CacheMode = CacheMode.PageCache });
        var unit = new LogicalUnit(new LogicalUnitOptions(0, new LogicalUnitIdentity("0123456789abcdef", "read"), BlockBytes, false, true, false, false), _device);
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
    public void Read_TheLastBlocks_EndsWithTheMedium()
    {
        using var initiator = LogIn(1, ("MaxRecvDataSegmentLength", "262144"));

        var answer = initiator.Execute(0, ScriptedInitiator.Cdb10(0x28, (LengthBytes / BlockBytes) - 200, 200), 200 * BlockBytes);
        var beyond = initiator.Execute(0, ScriptedInitiator.Cdb10(0x28, (LengthBytes / BlockBytes) - 199, 200), 200 * BlockBytes);

        Assert.True(Blocks((LengthBytes / BlockBytes) - 200, 200).SequenceEqual(answer.Data));
        Assert.Equal(0x2100, beyond.AdditionalSense);
    }

    [Fact]
    public void Write_ToWhatAnotherInitiatorHasNotTakenYet_NeitherWaitsNorShowsInIt()
    {
        using var reader = LogIn(1, ("MaxRecvDataSegmentLength", "262144"));
        using var writer = LogIn(2);
        var content = Enumerable.Repeat((byte)0xEE, 8 * BlockBytes).ToArray();

        reader.Send(reader.Read(1, 200, 64));
        ServerUnderTest.WaitFor(() => reader.Available >= 64 * BlockBytes);
        writer.Send(writer.Write(1, 240, 8, content));
        var written = writer.Expect(0x21);
        var (data, _) = reader.Collect(1);
        var again = reader.Execute(0, ScriptedInitiator.Cdb10(0x28, 240, 8), 8 * BlockBytes);

        Assert.Equal(0, written.Status);
        Assert.True(Blocks(200, 64).SequenceEqual(data));
        Assert.Equal(content, again.Data);
    }

    [Fact]
    public void Write_RightBehindARead_DoesNotShowInIt()
    {
        using var initiator = LogIn(1, ("MaxRecvDataSegmentLength", "262144"));
        var content = Enumerable.Repeat((byte)0xEE, 64 * BlockBytes).ToArray();

        initiator.SendTogether(initiator.Read(1, 200, 256), initiator.Write(2, 230, 64, content));
        var (data, _) = initiator.Collect(1);
        var written = initiator.Expect(0x21);

        Assert.True(Blocks(200, 256).SequenceEqual(data));
        Assert.Equal((2u, (byte)0), (written.TaskTag, written.Status));
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
}
