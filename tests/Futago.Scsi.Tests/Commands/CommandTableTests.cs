using System.Buffers.Binary;
using Futago.Blocks;
using Futago.Scsi.Commands;
using Futago.Scsi.Sense;
using Futago.Scsi.Tests.Scripted;
using Futago.Scsi.Transport;
using Futago.Testing.Blocks;

namespace Futago.Scsi.Tests.Commands;

/// <summary>The table of operation codes as a whole: REPORT SUPPORTED OPERATION CODES, and arbitrary CDBs.</summary>
public sealed class CommandTableTests
{
    [Fact]
    public void Table_EveryRow_IsConsistent()
    {
        foreach (var row in CommandTable.All)
        {
            Assert.Equal((row.OperationCode >> 5) switch { 0 => 6, 1 or 2 => 10, 4 => 16, _ => 12 }, row.CdbLength);
            Assert.True(row.ServiceAction is null || (row.UsageMap[1] & 0x1f) == row.ServiceAction, row.Name);
            Assert.Same(row, CommandTable.Find(row.OperationCode, row.ServiceAction ?? 0));
            // What changes data must be refused under any reservation of another nexus.
            Assert.True(!row.Writes || (row.Medium && row.Reservation == ReservationAccess.Write), row.Name);
        }
    }

    [Theory]
    [InlineData(0x00, 8), InlineData(0x80, 20)]
    public async Task SupportedOperationCodes_All_ListsTheTable(byte options, int descriptorLength)
    {
        var bench = await Bench.CreateAsync();

        var data = (await bench.Initiator.SendAsync(Cdb.Maintenance(0x0c, options), dataIn: 8192)).AssertGood().Data;

        Assert.Equal(data.Length - 4, BinaryPrimitives.ReadInt32BigEndian(data));
        Assert.Equal(CommandTable.All.Count(definition => definition.IsSupportedBy(bench.Unit)), (data.Length - 4) / descriptorLength);
    }

    [Fact]
    public async Task SupportedOperationCodes_One_GivesUsage()
    {
        var bench = await Bench.CreateAsync();

        var read = (await bench.Initiator.SendAsync(Cdb.Maintenance(0x0c, 0x01, 0x28), dataIn: 255)).AssertGood().Data;
        var timed = (await bench.Initiator.SendAsync(Cdb.Maintenance(0x0c, 0x81, 0x28), dataIn: 255)).AssertGood().Data;
        var capacity = (await bench.Initiator.SendAsync(Cdb.Maintenance(0x0c, 0x02, 0x9e, 0x10), dataIn: 255)).AssertGood().Data;
        var unknown = (await bench.Initiator.SendAsync(Cdb.Maintenance(0x0c, 0x01, 0xff), dataIn: 255)).AssertGood().Data;

        Assert.Equal([0, 3, 0, 10, 0x28], read[..5]);
        Assert.Equal(14, read.Length);
        Assert.Equal((0x83, 26, 10), (timed[1], timed.Length, timed[15]));
        Assert.Equal([0, 3, 0, 16, 0x9e, 0x10], capacity[..6]);
        Assert.Equal([0, 1, 0, 0], unknown);
    }

    [Fact]
    public async Task SupportedOperationCodes_WrongOptionForTheCode_IsInvalidField()
    {
        var bench = await Bench.CreateAsync();

        (await bench.Initiator.SendAsync(Cdb.Maintenance(0x0c, 0x01, 0x9e), dataIn: 255)).AssertInvalidFieldInCdb();
        (await bench.Initiator.SendAsync(Cdb.Maintenance(0x0c, 0x02, 0x28), dataIn: 255)).AssertInvalidFieldInCdb();
        (await bench.Initiator.SendAsync(Cdb.Maintenance(0x0c, 0x04), dataIn: 255)).AssertInvalidFieldInCdb();
        (await bench.Initiator.SendAsync(Cdb.Maintenance(0x1f, 0x00), dataIn: 255)).AssertInvalidFieldInCdb();
    }

    [Fact]
    public async Task SupportedTaskManagement_And_PortGroups_Answer()
    {
        var bench = await Bench.CreateAsync();

        var functions = (await bench.Initiator.SendAsync(Cdb.Maintenance(0x0d, 0x00), dataIn: 255)).AssertGood().Data;
        var groups = (await bench.Initiator.SendAsync(Cdb.Maintenance(0x0a, 0x00), dataIn: 255)).AssertGood().Data;
        var timestamp = (await bench.Initiator.SendAsync(Cdb.Maintenance(0x0f, 0x00), dataIn: 255)).AssertGood().Data;

        Assert.Equal([0xda, 0, 0, 0], functions);
        Assert.Equal([0, 0, 0, 12, 0, 1, 0, 1, 0, 2, 0, 1, 0, 0, 0, 1], groups);
        Assert.Equal(12, timestamp.Length);
    }

    /// <summary>Whatever the bytes: the command ends exactly once, never inside the target, and the medium of a read-only unit stays.</summary>
    [Theory]
    [InlineData(1, false), InlineData(2, false), InlineData(3, true)]
    public async Task ArbitraryCdbs_EndWithAStatus(int seed, bool readOnly)
    {
        var bench = await Bench.CreateAsync(Bench.Options with { ReadOnly = readOnly, Removable = seed == 2 });
        var random = new Random(seed);
        var codes = CommandTable.All.Select(row => (row.OperationCode, row.ServiceAction)).ToArray();

        for (var i = 0; i < 20_000; i++)
        {
            var cdb = new byte[16];
            random.NextBytes(cdb);
            // Mostly known commands, and mostly small numbers: that is where the code is.
            if (random.Next(8) != 0)
            {
                var (code, action) = codes[random.Next(codes.Length)];
                cdb[0] = code;
                cdb[1] = action is { } a ? (byte)a : (byte)(cdb[1] & random.Next(256));
            }
            for (var at = 2; at < 16; at++)
                cdb[at] = random.Next(3) == 0 ? cdb[at] : (byte)0;
            var dataOut = random.Next(2) == 0 ? null : Bench.Pattern(random.Next(1, 8192), random.Next());
            var outcome = await bench.Initiator.SendAsync(cdb, dataOut, random.Next(3) == 0 ? 0 : random.Next(65536), random.Next(12) == 0 ? random.Next(4) : null);

            Assert.True(Enum.IsDefined(outcome.Status), $"seed {seed}, round {i}, CDB {Convert.ToHexString(cdb)}");
            Assert.False(outcome.Code == AdditionalSense.INTERNAL_TARGET_FAILURE, $"seed {seed}, round {i}, CDB {Convert.ToHexString(cdb)}");
        }

        Assert.True(!readOnly || !bench.Ram.Data.ContainsAnyExcept((byte)0));
    }

    [Theory]
    [InlineData(11), InlineData(12)]
    public async Task ConcurrentRandomCommands_MediumIsOneOfTheSerialOrders(int seed)
    {
        FaultyBlockDevice? faulty = null;
        var bench = await Bench.CreateAsync(blocks: 64, wrap: ram => faulty = new FaultyBlockDevice(ram));
        faulty!.Fail(BlockOperation.Write, BlockStatus.WriteError, 63 * 512, 512, times: 5);
        async Task WorkAsync(Initiator initiator, int worker)
        {
            var random = new Random(seed * 100 + worker);
            for (var i = 0; i < 500; i++)
            {
                var (lba, count) = (random.Next(60), random.Next(1, 5));
                var value = (byte)random.Next(256);
                var outcome = random.Next(3) switch
                {
                    0 => await initiator.SendAsync(Cdb.Write16((ulong)lba, (uint)count), Bench.Filled(count * 512, value)),
                    1 => await initiator.SendAsync(Cdb.WriteSame16((ulong)lba, (uint)count), Bench.Filled(512, value)),
                    _ => await initiator.SendAsync(Cdb.Read16((ulong)lba, (uint)count), dataIn: count * 512),
                };
                Assert.True(outcome.Status == ScsiStatus.GOOD || outcome.Key == SenseKey.MEDIUM_ERROR);
                // Every block was written as a whole, so a block of two values was torn.
                for (var at = 0; at + 512 <= outcome.Data.Length; at += 512)
                    Assert.False(outcome.Data.AsSpan(at, 512).ContainsAnyExcept(outcome.Data[at]), $"seed {seed}");
            }
        }

        var workers = new List<Task>();
        for (var worker = 0; worker < 4; worker++)
        {
            var initiator = await bench.JoinAsync($"iqn.2026-01.test:{worker}");
            var number = worker;
            workers.Add(Task.Run(() => WorkAsync(initiator, number)));
        }
        await Task.WhenAll(workers);
    }
}
