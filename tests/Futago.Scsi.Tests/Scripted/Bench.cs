using Futago.Blocks;
using Futago.Scsi.LogicalUnits;
using Futago.Testing.Blocks;
using Microsoft.Extensions.Logging.Abstractions;

namespace Futago.Scsi.Tests.Scripted;

/// <summary>A target with one disk in memory, and an initiator that has taken its first unit attentions.</summary>
internal sealed class Bench
{
    public const string TargetName = "iqn.2026-01.example.futago:t0";

    private Bench(RamBlockDevice ram, LogicalUnit unit, ScsiTarget target, Initiator initiator)
    {
        Ram = ram;
        Unit = unit;
        Target = target;
        Initiator = initiator;
    }

    public RamBlockDevice Ram { get; }

    public LogicalUnit Unit { get; }

    public ScsiTarget Target { get; }

    public Initiator Initiator { get; }

    public static LogicalUnitOptions Options { get; } = new(0, new LogicalUnitIdentity("600144f0a1b2c3d4e5f60718293a4b5c", "S-0001"),
        512, ReadOnly: false, WriteBack: false, Removable: false, Thin: true);

    /// <param name="wrap">Puts something between the disk and the memory.</param>
    public static async Task<Bench> CreateAsync(LogicalUnitOptions? options = null, int blocks = 2048, Func<RamBlockDevice, IBlockDevice>? wrap = null)
    {
        options ??= Options;
        var ram = new RamBlockDevice((long)blocks * options.BlockSize);
        var unit = new LogicalUnit(options, wrap?.Invoke(ram) ?? ram);
        var target = CreateTarget();
        await target.SetLogicalUnits([unit]);
        var initiator = new Initiator(target) { Lun = options.Lun };
        await initiator.TakeAttentionsAsync();
        return new Bench(ram, unit, target, initiator);
    }

    public static ScsiTarget CreateTarget() =>
        new(new ScsiTargetOptions { Name = TargetName }, TimeProvider.System, NullLogger<ScsiTarget>.Instance);

    /// <summary>Another initiator, its first unit attentions taken.</summary>
    public async Task<Initiator> JoinAsync(string name = "iqn.2026-01.test:b")
    {
        var other = new Initiator(Target, name) { Lun = Initiator.Lun };
        await other.TakeAttentionsAsync();
        return other;
    }

    public static byte[] Pattern(int length, int seed)
    {
        var data = new byte[length];
        new Random(seed).NextBytes(data);
        return data;
    }

    public static byte[] Filled(int length, byte value)
    {
        var data = new byte[length];
        Array.Fill(data, value);
        return data;
    }
}
