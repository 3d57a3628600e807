using Futago.Blocks;
using Futago.Scsi.CdRom;
using Futago.Scsi.LogicalUnits;
using Futago.Scsi.Tests.Scripted;
using Futago.Testing.Blocks;

namespace Futago.Scsi.Tests.CdRom;

/// <summary>A target with a disk on LUN 0 and a CD-ROM drive on LUN 1, and an initiator that has taken its first unit attentions.</summary>
internal sealed record CdRomBench(LogicalUnit Drive, ScsiTarget Target, Initiator Initiator)
{
    public const int Lun = 1;

    public static LogicalUnitIdentity Identity { get; } = new("600144f0a1b2c3d4e5f60718293a4b5d", "CD-0001");

    public static async Task<CdRomBench> CreateAsync(IBlockDevice? medium)
    {
        var drive = LogicalUnit.CreateCdRom(new CdRomOptions(Lun, Identity), medium);
        var target = Bench.CreateTarget();
        await target.SetLogicalUnits([new LogicalUnit(Bench.Options, new RamBlockDevice(1 << 20)), drive]);
        var initiator = new Initiator(target) { Lun = Lun };
        await initiator.TakeAttentionsAsync();
        return new CdRomBench(drive, target, initiator);
    }

    /// <summary>A drive with a disc of so many blocks.</summary>
    public static Task<CdRomBench> CreateAsync(int blocks) => CreateAsync(Medium(blocks, 1));

    public static RamBlockDevice Medium(int blocks, int seed)
    {
        var ram = new RamBlockDevice((long)blocks * Disc.BlockBytes);
        Bench.Pattern((int)ram.LengthBytes, seed).CopyTo(ram.Data);
        return ram;
    }

    /// <summary>A drive with a disc that is too large for a CD; its content does not matter.</summary>
    public static Task<CdRomBench> CreateDvdAsync(long blocks) => CreateAsync(new CountingDevice(blocks * Disc.BlockBytes));

    public Task<Outcome> SendAsync(byte[] cdb, int dataIn = 65535, byte[]? dataOut = null) => Initiator.SendAsync(cdb, dataOut, dataIn);

    public async Task<Initiator> JoinAsync()
    {
        var other = new Initiator(Target, "iqn.2026-01.test:b") { Lun = Lun };
        await other.TakeAttentionsAsync();
        return other;
    }
}
