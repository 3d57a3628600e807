using System.Buffers.Binary;
using Futago.Scsi.CdRom;
using Futago.Scsi.LogicalUnits;
using Futago.Scsi.Mode;
using Futago.Scsi.Sanitize;
using Futago.Scsi.Sense;
using Futago.Scsi.Tests.Scripted;
using Futago.Scsi.Transport;
using Futago.Testing.Blocks;
using Futago.Testing.Fuzz;

namespace Futago.Scsi.Tests.Fuzz;

/// <summary>
/// Commands and parameter lists with random damage, from two initiators to five kinds of disks and a CD-ROM drive. Every command ends once, with a
/// status that there is, within the room that it was given, and never because of a fault of ours; what must not change does not.
/// <c>scripts/fuzz.sh</c> runs it for long.
/// </summary>
public sealed class CdbFuzzTests
{
    private const int Blocks = 1024;
    private const int TogetherMaximum = 6;
    private const int ReadOnlyLun = 3;
    private const int DriveLun = 5;

    /// <summary>One more than there are: commands go to an absent unit too.</summary>
    private const int LunsMaximum = 7;

    private sealed class SanitizeStore : ISanitizeStore
    {
        public SanitizeRecord? Load() => null;

        public void Save(SanitizeRecord? record)
        {
            // A crash is not what this test is about.
        }
    }

    private sealed class ModeStore : IModeStore
    {
        public ModeValues? Load() => null;

        public void Save(ModeValues values)
        {
            // Nor is a restart.
        }
    }

    private readonly List<RamBlockDevice> _devices = [];

    [Fact]
    public async Task Target_DamagedCommands_EndsEachOfThemRightly()
    {
        var run = FuzzRun.FromEnvironment(10_000, 20261125);
        var random = new Random(run.Seed);
        var target = Bench.CreateTarget();
        var disc = new RamBlockDevice((long)Blocks * Disc.BlockBytes);
        disc.Data.Fill(0x3C);
        LogicalUnit[] units =
        [
            Unit(0, o => o),
            Unit(1, o => o with { Thin = false }),
            Unit(2, o => o with { BlockSize = 4096 }),
            Unit(ReadOnlyLun, o => o with { ReadOnly = true }),
            Unit(4, o => o with { Removable = true, WriteBack = true }),
            LogicalUnit.CreateCdRom(new CdRomOptions(DriveLun, new LogicalUnitIdentity($"600144f0a1b2c3d4e5f60718293a4b{DriveLun:x2}", "CD")), disc),
        ];
        await target.SetLogicalUnits(units);
        _devices[ReadOnlyLun].Data.Fill(0x5A);
        Initiator[] initiators = [new(target), new(target, "iqn.2026-01.test:b")];
        var lists = new ParameterLists(random, [.. units.Select(u => u.Options.Identity.ScsiId)], Blocks);
        var generator = new CdbGenerator(random, lists, FuzzInput.ReadCorpus(), Blocks);

        for (long done = 0; done < run.Count;)
        {
            var together = new List<(FuzzInput Input, Task<Outcome> Outcome)>();
            for (var i = random.Next(TogetherMaximum); i >= 0; i--)
            {
                var input = generator.Next();
                var attribute = random.Next(8) == 0 ? (TaskAttribute)random.Next(8) : TaskAttribute.Simple;
                together.Add((input, Start(initiators[random.Next(2)], input, random.Next(LunsMaximum), attribute)));
            }
            if (random.Next(200) == 0)
                await initiators[random.Next(2)].ManageAsync((TaskManagementFunction)random.Next(1, 9), (uint)random.Next(), random.Next(LunsMaximum));
            foreach (var (input, outcome) in together)
                Check(run, done++, input, await FinishAsync(run, done, input, outcome), lists);
        }

        Assert.True(_devices[ReadOnlyLun].Data.IndexOfAnyExcept((byte)0x5A) < 0, $"the read-only unit has changed ({run})");
        Assert.True(disc.Data.IndexOfAnyExcept((byte)0x3C) < 0, $"the disc has changed ({run})");
        Assert.True(initiators.All(i => i.RentedBytes == 0), $"buffers stay behind ({run})");
    }

    private static Task<Outcome> Start(Initiator initiator, FuzzInput input, int lun, TaskAttribute attribute) =>
        initiator.Start(input.Cdb, input.DataOut, input.DataOut is null ? input.DataIn : 0, lun, attribute).Outcome;

    private static async Task<Outcome> FinishAsync(FuzzRun run, long number, FuzzInput input, Task<Outcome> outcome)
    {
        try
        {
            return await outcome;
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"command {number} ({run}): {input}", e);
        }
    }

    private static void Check(FuzzRun run, long number, FuzzInput input, Outcome outcome, ParameterLists lists)
    {
        var right = Enum.IsDefined(outcome.Status)
            && (outcome.Status == ScsiStatus.CHECK_CONDITION) == (outcome.Sense.Length > 0)
            && outcome.Code != AdditionalSense.INTERNAL_TARGET_FAILURE
            && outcome.Data.Length <= (input.DataOut is null ? input.DataIn : 0)
            && (outcome.Status == ScsiStatus.GOOD || outcome.Data.Length == 0)
            && outcome.TransferLength >= 0;
        if (!right)
            Assert.Fail($"command {number} ({run}): {input} ended with {outcome.Status} {outcome.Key} {outcome.Code}, {outcome.Data.Length} bytes");
        // RECEIVE ROD TOKEN INFORMATION: a token stands behind its length.
        if (input.Cdb[0] == 0x84 && (input.Cdb[1] & 0x1f) == 0x07 && outcome.Data.Length >= 38 + 512 && BinaryPrimitives.ReadUInt32BigEndian(outcome.Data.AsSpan(32)) >= 514)
            lists.Learn(outcome.Data[38..(38 + 512)]);
    }

    private LogicalUnit Unit(int lun, Func<LogicalUnitOptions, LogicalUnitOptions> change)
    {
        var options = change(Bench.Options with { Lun = lun, Identity = new LogicalUnitIdentity($"600144f0a1b2c3d4e5f60718293a4b{lun:x2}", $"S-{lun}") });
        var ram = new RamBlockDevice((long)Blocks * options.BlockSize);
        _devices.Add(ram);
        return new LogicalUnit(options, ram, new UnitFacilities(Sanitize: new SanitizeState(new SanitizeStore()), Mode: new ModeStore()));
    }
}
