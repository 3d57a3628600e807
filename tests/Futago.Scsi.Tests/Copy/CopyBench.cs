using System.Buffers.Binary;
using Futago.Blocks;
using Futago.Scsi.Copy;
using Futago.Scsi.LogicalUnits;
using Futago.Scsi.Tests.Scripted;
using Futago.Testing.Blocks;
using Futago.Testing.Iscsi;
using Microsoft.Extensions.Logging.Abstractions;

namespace Futago.Scsi.Tests.Copy;

/// <summary>A target with the disks A (LUN 0) and B (LUN 1) and another one with the disk C, under one copy manager.</summary>
internal sealed class CopyBench
{
    public const int Blocks = 32768;
    public const string Identity = "one host";

    private CopyBench()
    {
    }

    public ManualTimeProvider Clock { get; } = new();

    public RamBlockDevice A { get; } = new(Blocks * 512);

    public RamBlockDevice B { get; } = new(Blocks * 512);

    public RamBlockDevice C { get; } = new(Blocks * 512);

    public ScsiTarget First { get; private set; } = null!;

    public ScsiTarget Second { get; private set; } = null!;

    public Initiator Initiator { get; private set; } = null!;

    public static async Task<CopyBench> CreateAsync(
        Func<LogicalUnitOptions, LogicalUnitOptions>? change = null, Func<RamBlockDevice, IBlockDevice>? wrapB = null)
    {
        var bench = new CopyBench();
        var manager = new CopyManager(bench.Clock);
        bench.First = new ScsiTarget(new ScsiTargetOptions { Name = "iqn.2026-01.example.futago:t0" }, bench.Clock, NullLogger<ScsiTarget>.Instance, manager);
        bench.Second = new ScsiTarget(new ScsiTargetOptions { Name = "iqn.2026-01.example.futago:t1" }, bench.Clock, NullLogger<ScsiTarget>.Instance, manager);
        await bench.First.SetLogicalUnits(
        [
            new LogicalUnit(Options(0, 'a'), bench.A),
            new LogicalUnit(change?.Invoke(Options(1, 'b')) ?? Options(1, 'b'), wrapB?.Invoke(bench.B) ?? bench.B),
        ]);
        await bench.Second.SetLogicalUnits([new LogicalUnit(Options(0, 'c'), bench.C)]);
        bench.Initiator = new Initiator(bench.First, identity: Identity);
        await bench.Initiator.TakeAttentionsAsync(0);
        await bench.Initiator.TakeAttentionsAsync(1);
        return bench;
    }

    public static string ScsiId(char unit) => $"600144f0a1b2c3d4e5f60718293a4b5{unit}";

    /// <summary>Writes a pattern straight onto the medium.</summary>
    public static byte[] Fill(RamBlockDevice device, int lba, int blocks, int seed)
    {
        var data = Bench.Pattern(blocks * 512, seed);
        data.CopyTo(device.Data[(lba * 512)..]);
        return data;
    }

    public static byte[] Content(RamBlockDevice device, int lba, int blocks) => device.Data.Slice(lba * 512, blocks * 512).ToArray();

    /// <summary>Identification descriptor of a unit.</summary>
    public static byte[] Cscd(char unit, int blockLength = 512)
    {
        var descriptor = new byte[32];
        descriptor[0] = 0xe4;
        descriptor[4] = 1;
        descriptor[5] = 3;
        descriptor[7] = 16;
        Convert.FromHexString(ScsiId(unit)).CopyTo(descriptor, 8);
        BinaryPrimitives.WriteInt32BigEndian(descriptor.AsSpan(28), blockLength);
        return descriptor;
    }

    /// <summary>Block to block segment.</summary>
    public static byte[] Segment(int source, int destination, int blocks, ulong from, ulong to, byte flags = 0)
    {
        var descriptor = new byte[28];
        descriptor[0] = 0x02;
        descriptor[1] = flags;
        descriptor[3] = 24;
        BinaryPrimitives.WriteUInt16BigEndian(descriptor.AsSpan(4), (ushort)source);
        BinaryPrimitives.WriteUInt16BigEndian(descriptor.AsSpan(6), (ushort)destination);
        BinaryPrimitives.WriteUInt16BigEndian(descriptor.AsSpan(10), (ushort)blocks);
        BinaryPrimitives.WriteUInt64BigEndian(descriptor.AsSpan(12), from);
        BinaryPrimitives.WriteUInt64BigEndian(descriptor.AsSpan(20), to);
        return descriptor;
    }

    public static byte[] ListLid1(byte listId, byte[][] cscds, params byte[][] segments)
    {
        var header = new byte[16];
        header[0] = listId;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)(cscds.Length * 32));
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(8), segments.Sum(segment => segment.Length));
        return [.. header, .. cscds.SelectMany(bytes => bytes), .. segments.SelectMany(bytes => bytes)];
    }

    public static byte[] ListLid4(uint listId, bool immediate, byte[][] cscds, params byte[][] segments)
    {
        var header = new byte[48];
        header[0] = 0x01;
        header[3] = 0x20;
        header[15] = (byte)(immediate ? 1 : 0);
        header[16] = 0xff;
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(20), listId);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(42), (ushort)(cscds.Length * 32));
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(44), (ushort)segments.Sum(segment => segment.Length));
        return [.. header, .. cscds.SelectMany(bytes => bytes), .. segments.SelectMany(bytes => bytes)];
    }

    public Task<Outcome> CopyAsync(byte[] list, byte serviceAction = 0, int lun = 0) => Initiator.SendAsync(OutCdb(serviceAction, 0, list.Length), list, lun: lun);

    public static byte[] OutCdb(byte serviceAction, uint listId, int length)
    {
        var cdb = new byte[16];
        cdb[0] = 0x83;
        cdb[1] = serviceAction;
        BinaryPrimitives.WriteUInt32BigEndian(cdb.AsSpan(6), listId);
        BinaryPrimitives.WriteInt32BigEndian(cdb.AsSpan(10), length);
        return cdb;
    }

    public static byte[] InCdb(byte serviceAction, uint listId)
    {
        var cdb = new byte[16];
        cdb[0] = 0x84;
        cdb[1] = serviceAction;
        if (serviceAction == 0)
            cdb[2] = (byte)listId;
        else
            BinaryPrimitives.WriteUInt32BigEndian(cdb.AsSpan(2), listId);
        BinaryPrimitives.WriteInt32BigEndian(cdb.AsSpan(10), 1024);
        return cdb;
    }

    public Task<Outcome> ReceiveAsync(byte serviceAction, uint listId = 0, int lun = 0) =>
        Initiator.SendAsync(InCdb(serviceAction, listId), dataIn: 1024, lun: lun);

    public async Task<Outcome> PopulateAsync(uint listId, int lun, uint timeoutSeconds = 0, params (ulong Lba, uint Count)[] ranges)
    {
        var list = new byte[16 + ranges.Length * 16];
        BinaryPrimitives.WriteUInt16BigEndian(list, (ushort)(list.Length - 2));
        BinaryPrimitives.WriteUInt32BigEndian(list.AsSpan(4), timeoutSeconds);
        WriteRanges(list, 14, ranges);
        return await Initiator.SendAsync(OutCdb(0x10, listId, list.Length), list, lun: lun);
    }

    /// <summary>Makes a token and asks for it.</summary>
    public async Task<byte[]> TokenAsync(int lun, params (ulong Lba, uint Count)[] ranges)
    {
        (await PopulateAsync(77, lun, 0, ranges)).AssertGood();
        var answer = (await ReceiveAsync(7, 77, lun)).AssertGood().Data;
        Assert.Equal(514u, BinaryPrimitives.ReadUInt32BigEndian(answer.AsSpan(32)));
        return answer[38..550];
    }

    public Task<Outcome> WriteAsync(uint listId, int lun, byte[] token, ulong offset = 0, byte flags = 0, Initiator? initiator = null, params (ulong Lba, uint Count)[] ranges)
    {
        var list = new byte[536 + ranges.Length * 16];
        BinaryPrimitives.WriteUInt16BigEndian(list, (ushort)(list.Length - 2));
        list[2] = flags;
        BinaryPrimitives.WriteUInt64BigEndian(list.AsSpan(8), offset);
        token.CopyTo(list, 16);
        WriteRanges(list, 534, ranges);
        return (initiator ?? Initiator).SendAsync(OutCdb(0x11, listId, list.Length), list, lun: lun);
    }

    private static void WriteRanges(byte[] list, int at, (ulong Lba, uint Count)[] ranges)
    {
        BinaryPrimitives.WriteUInt16BigEndian(list.AsSpan(at), (ushort)(ranges.Length * 16));
        for (var i = 0; i < ranges.Length; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(list.AsSpan(at + 2 + i * 16), ranges[i].Lba);
            BinaryPrimitives.WriteUInt32BigEndian(list.AsSpan(at + 10 + i * 16), ranges[i].Count);
        }
    }

    private static LogicalUnitOptions Options(int lun, char unit) =>
        new(lun, new LogicalUnitIdentity(ScsiId(unit), $"S-{unit}"), 512, ReadOnly: false, WriteBack: false, Removable: false, Thin: true);
}
