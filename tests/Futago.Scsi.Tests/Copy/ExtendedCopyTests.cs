using System.Buffers.Binary;
using Futago.Scsi.Sense;
using Futago.Scsi.Tests.Scripted;
using Futago.Scsi.Transport;
using Futago.Testing.Blocks;

namespace Futago.Scsi.Tests.Copy;

/// <summary>EXTENDED COPY (SPC-4 sections 6.4, 6.5) and what RECEIVE COPY RESULTS tells of it.</summary>
public sealed class ExtendedCopyTests
{
    [Fact]
    public async Task Copy_FromOneUnitToAnother_IsDurableWhenItIsGood()
    {
        var bench = await CopyBench.CreateAsync();
        var data = CopyBench.Fill(bench.A, 100, 20000, 1);

        var outcome = await bench.CopyAsync(CopyBench.ListLid1(1, [CopyBench.Cscd('a'), CopyBench.Cscd('b')], CopyBench.Segment(0, 1, 20000, 100, 7)));

        outcome.AssertGood();
        Assert.Equal(data, CopyBench.Content(bench.B, 7, 20000));
        Assert.Equal(1, bench.B.FlushCount);
        Assert.Equal(0, bench.A.FlushCount);
    }

    [Fact]
    public async Task Copy_WithLongListIdentifier_AddressesTheReceivingUnitToo()
    {
        var bench = await CopyBench.CreateAsync();
        var data = CopyBench.Fill(bench.B, 0, 64, 2);

        (await bench.CopyAsync(CopyBench.ListLid4(9, false, [CopyBench.Cscd('b')], CopyBench.Segment(0, 0xf800, 64, 0, 4096)), serviceAction: 1, lun: 0)).AssertGood();

        Assert.Equal(data, CopyBench.Content(bench.A, 4096, 64));
        var status = (await bench.ReceiveAsync(5, 9)).AssertGood().Data;
        Assert.Equal((0x01, 0x01, 0xf1), (status[4], status[5], status[15]));
        Assert.Equal(64u, BinaryPrimitives.ReadUInt64BigEndian(status.AsSpan(16)));
    }

    [Theory]
    [InlineData(0, 10000)]
    [InlineData(10000, 0)]
    public async Task Copy_OverlappingItself_CopiesWhatWasThere(int from, int to)
    {
        var bench = await CopyBench.CreateAsync();
        var data = CopyBench.Fill(bench.A, from, 20000, 3);

        (await bench.CopyAsync(CopyBench.ListLid1(1, [CopyBench.Cscd('a')], CopyBench.Segment(0, 0, 20000, (ulong)from, (ulong)to)))).AssertGood();

        Assert.Equal(data, CopyBench.Content(bench.A, to, 20000));
    }

    [Fact]
    public async Task Copy_ToAnotherTarget_NeedsALoginThereOfTheSameInitiator()
    {
        var bench = await CopyBench.CreateAsync();
        var data = CopyBench.Fill(bench.A, 0, 8, 4);
        var list = CopyBench.ListLid1(1, [CopyBench.Cscd('a'), CopyBench.Cscd('c')], CopyBench.Segment(0, 1, 8, 0, 0));

        (await bench.CopyAsync(list)).AssertCheck(SenseKey.COPY_ABORTED, AdditionalSense.UNREACHABLE_COPY_TARGET);
        // The same name alone proves nothing.
        var other = new Initiator(bench.Second, identity: "somebody else");
        (await bench.CopyAsync(list)).AssertCheck(SenseKey.COPY_ABORTED, AdditionalSense.UNREACHABLE_COPY_TARGET);
        other.Close();
        _ = new Initiator(bench.Second, identity: CopyBench.Identity);
        (await bench.CopyAsync(list)).AssertGood();

        Assert.Equal(data, CopyBench.Content(bench.C, 0, 8));
    }

    [Fact]
    public async Task Copy_OntoReadOnlyOrReservedUnit_ChangesNothing()
    {
        var readOnly = await CopyBench.CreateAsync(options => options with { ReadOnly = true });
        CopyBench.Fill(readOnly.A, 0, 8, 5);
        var list = CopyBench.ListLid1(1, [CopyBench.Cscd('a'), CopyBench.Cscd('b')], CopyBench.Segment(0, 1, 8, 0, 0));
        (await readOnly.CopyAsync(list)).AssertCheck(SenseKey.COPY_ABORTED, AdditionalSense.THIRD_PARTY_DEVICE_FAILURE);
        Assert.Equal(new byte[4096], CopyBench.Content(readOnly.B, 0, 8));

        var reserved = await CopyBench.CreateAsync();
        CopyBench.Fill(reserved.A, 0, 8, 5);
        var holder = new Initiator(reserved.First, "iqn.2026-01.test:b") { Lun = 1 };
        await holder.TakeAttentionsAsync();
        (await holder.SendAsync(Cdb.Reserve6())).AssertGood();
        (await reserved.CopyAsync(list)).AssertCheck(SenseKey.COPY_ABORTED, AdditionalSense.THIRD_PARTY_DEVICE_FAILURE);
        Assert.Equal(new byte[4096], CopyBench.Content(reserved.B, 0, 8));
    }

    public static TheoryData<byte[], SenseKey, AdditionalSense> Wrong { get; } = new()
    {
        { new byte[15], SenseKey.ILLEGAL_REQUEST, AdditionalSense.PARAMETER_LIST_LENGTH_ERROR },
        { CopyBench.ListLid1(1, [CopyBench.Cscd('a')], CopyBench.Segment(0, 0, 1, 0, 1))[..^1], SenseKey.ILLEGAL_REQUEST, AdditionalSense.PARAMETER_LIST_LENGTH_ERROR },
        { CopyBench.ListLid1(1, Enumerable.Repeat(CopyBench.Cscd('a'), 17).ToArray()), SenseKey.ILLEGAL_REQUEST, AdditionalSense.TOO_MANY_TARGET_DESCRIPTORS },
        { CopyBench.ListLid1(1, [], Enumerable.Repeat(CopyBench.Segment(0, 0, 1, 0, 1), 65).ToArray()), SenseKey.ILLEGAL_REQUEST, AdditionalSense.TOO_MANY_SEGMENT_DESCRIPTORS },
        { CopyBench.ListLid1(1, [[0xe0, .. new byte[31]]]), SenseKey.ILLEGAL_REQUEST, AdditionalSense.UNSUPPORTED_TARGET_DESCRIPTOR_TYPE_CODE },
        { CopyBench.ListLid1(1, [], [0x03, .. new byte[27]]), SenseKey.ILLEGAL_REQUEST, AdditionalSense.UNSUPPORTED_SEGMENT_DESCRIPTOR_TYPE_CODE },
        { CopyBench.ListLid1(1, [CopyBench.Cscd('a', 4096)], CopyBench.Segment(0, 0, 1, 0, 1)), SenseKey.COPY_ABORTED, AdditionalSense.INCORRECT_COPY_TARGET_DEVICE_TYPE },
        { CopyBench.ListLid1(1, [CopyBench.Cscd('f')], CopyBench.Segment(0, 0, 1, 0, 1)), SenseKey.COPY_ABORTED, AdditionalSense.UNREACHABLE_COPY_TARGET },
        { CopyBench.ListLid1(1, [CopyBench.Cscd('a')], CopyBench.Segment(0, 1, 1, 0, 1)), SenseKey.COPY_ABORTED, AdditionalSense.UNREACHABLE_COPY_TARGET },
        { CopyBench.ListLid1(1, [CopyBench.Cscd('a')], CopyBench.Segment(0, 0, 2, CopyBench.Blocks - 1, 0)), SenseKey.COPY_ABORTED, AdditionalSense.NO_ADDITIONAL_SENSE_INFORMATION },
        { CopyBench.ListLid1(1, [CopyBench.Cscd('a')], CopyBench.Segment(0, 0, 2, 0, ulong.MaxValue)), SenseKey.COPY_ABORTED, AdditionalSense.NO_ADDITIONAL_SENSE_INFORMATION },
    };

    [Theory, MemberData(nameof(Wrong))]
    public async Task Copy_WrongParameters_AreRefused(byte[] list, SenseKey key, AdditionalSense code)
    {
        var bench = await CopyBench.CreateAsync();

        (await bench.CopyAsync(list)).AssertCheck(key, code);
    }

    [Fact]
    public async Task Copy_NoParameterList_IsNoError() => (await (await CopyBench.CreateAsync()).CopyAsync([])).AssertGood();

    [Fact]
    public async Task Status_OfAnUnknownListIdentifier_IsAnInvalidField()
    {
        var bench = await CopyBench.CreateAsync();

        (await bench.ReceiveAsync(0, 1)).AssertInvalidFieldInCdb();
        (await bench.CopyAsync(CopyBench.ListLid1(1, [CopyBench.Cscd('a')], CopyBench.Segment(0, 0, 4, 0, 100), CopyBench.Segment(0, 0, 4, 0, ulong.MaxValue))))
            .AssertCheck(SenseKey.COPY_ABORTED, AdditionalSense.NO_ADDITIONAL_SENSE_INFORMATION);
        var status = (await bench.ReceiveAsync(0, 1)).AssertGood().Data;

        // Held, failed; one segment and 2 KiB were done.
        Assert.Equal(0x82, status[4]);
        Assert.Equal(1, BinaryPrimitives.ReadUInt16BigEndian(status.AsSpan(5)));
        Assert.Equal(2u, BinaryPrimitives.ReadUInt32BigEndian(status.AsSpan(8)));
    }

    [Fact]
    public async Task Immediate_Copy_EndsBehindItsCommandAndCanBeAskedFor()
    {
        var gate = default(GatedBlockDevice);
        var bench = await CopyBench.CreateAsync(wrapB: ram => gate = new GatedBlockDevice(ram));
        var data = CopyBench.Fill(bench.A, 0, 8, 6);
        var list = CopyBench.ListLid4(5, true, [CopyBench.Cscd('a'), CopyBench.Cscd('b')], CopyBench.Segment(0, 1, 8, 0, 0));

        (await bench.CopyAsync(list, serviceAction: 1)).AssertGood();
        Assert.Equal(0x12, (await bench.ReceiveAsync(5, 5)).AssertGood().Data[5]);
        (await bench.CopyAsync(list, serviceAction: 1)).AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.OPERATION_IN_PROGRESS);
        gate!.Open();
        while ((await bench.ReceiveAsync(5, 5)).AssertGood().Data[5] == 0x12)
            await Task.Yield();

        Assert.Equal(0x01, (await bench.ReceiveAsync(5, 5)).Data[5]);
        Assert.Equal(data, CopyBench.Content(bench.B, 0, 8));
    }

    [Fact]
    public async Task AbortTask_DuringACopy_EndsIt()
    {
        var gate = default(GatedBlockDevice);
        var bench = await CopyBench.CreateAsync(wrapB: ram => gate = new GatedBlockDevice(ram));
        var (command, copying) = bench.Initiator.Start(
            CopyBench.OutCdb(0, 0, 16 + 64 + 28), CopyBench.ListLid1(1, [CopyBench.Cscd('a'), CopyBench.Cscd('b')], CopyBench.Segment(0, 1, 30000, 0, 0)));

        await gate!.WhenHeldAsync(1);
        var reset = bench.Initiator.ManageAsync(TaskManagementFunction.ABORT_TASK, command.Tag, 0);
        Assert.False(reset.IsCompleted);
        gate!.Open();

        Assert.Equal(TaskManagementResponse.FunctionComplete, await reset);
        Assert.Equal(ScsiStatus.TASK_ABORTED, (await copying).Status);
    }

    [Fact]
    public async Task Write_IntoARangeThatIsBeingCopied_WaitsForItsPiece()
    {
        var gate = default(GatedBlockDevice);
        var bench = await CopyBench.CreateAsync(wrapB: ram => gate = new GatedBlockDevice(ram));
        var data = CopyBench.Fill(bench.A, 0, 8, 7);
        var copying = bench.CopyAsync(CopyBench.ListLid1(1, [CopyBench.Cscd('a'), CopyBench.Cscd('b')], CopyBench.Segment(0, 1, 8, 0, 0)));

        await gate!.WhenHeldAsync(1);
        var overwriting = bench.Initiator.SendAsync(Cdb.Write10(0, 8), new byte[4096], lun: 0);
        var besides = await bench.Initiator.SendAsync(Cdb.Write10(8, 8), new byte[4096], lun: 0);
        besides.AssertGood();
        Assert.False(overwriting.IsCompleted);
        gate!.Open();

        (await copying).AssertGood();
        (await overwriting).AssertGood();
        Assert.Equal(data, CopyBench.Content(bench.B, 0, 8));
        Assert.Equal(new byte[4096], CopyBench.Content(bench.A, 0, 8));
    }

    /// <summary>Copies in every direction at once, among writes and ordered commands: nobody waits for ever, and each copy is whole.</summary>
    [Fact]
    public async Task ManyCopies_AmongOrderedCommands_AllEnd()
    {
        var bench = await CopyBench.CreateAsync();
        _ = new Initiator(bench.Second, identity: CopyBench.Identity);
        var random = new Random(20260201);
        var all = new List<Task<Outcome>>();
        for (var i = 0; i < 300; i++)
        {
            var (lun, attribute) = (random.Next(2), random.Next(4) == 0 ? TaskAttribute.Ordered : TaskAttribute.Simple);
            if (random.Next(3) > 0)
            {
                var list = CopyBench.ListLid1((byte)i, [CopyBench.Cscd('a'), CopyBench.Cscd('b'), CopyBench.Cscd('c')],
                    CopyBench.Segment(random.Next(3), random.Next(3), random.Next(1, 12000), (ulong)random.Next(20000), (ulong)random.Next(20000)));
                list[1] = 0x18;
                list[0] = 0;
                all.Add(bench.Initiator.Start(CopyBench.OutCdb(0, 0, list.Length), list, lun: lun, attribute: attribute).Outcome);
            }
            else
            {
                all.Add(bench.Initiator.Start(Cdb.Write10((uint)random.Next(20000), 64), new byte[64 * 512], lun: lun, attribute: attribute).Outcome);
            }
        }

        Assert.All(await Task.WhenAll(all).WaitAsync(TimeSpan.FromMinutes(2)), outcome => outcome.AssertGood());
    }

    [Fact]
    public async Task OperatingParameters_AndVitalProductData_AgreeWithWhatIsChecked()
    {
        var bench = await CopyBench.CreateAsync();

        var parameters = (await bench.ReceiveAsync(3)).AssertGood().Data;
        var page = (await bench.Initiator.SendAsync(Cdb.Inquiry(0x8f, 1024), dataIn: 1024)).AssertGood().Data;

        Assert.Equal((16, 64), (BinaryPrimitives.ReadUInt16BigEndian(parameters.AsSpan(8)), BinaryPrimitives.ReadUInt16BigEndian(parameters.AsSpan(10))));
        Assert.Equal([0x02, 0xe4], parameters[44..46]);
        Assert.Equal(page.Length - 4, BinaryPrimitives.ReadUInt16BigEndian(page.AsSpan(2)));
        var types = new List<int>();
        for (var at = 4; at < page.Length; at += 4 + BinaryPrimitives.ReadUInt16BigEndian(page.AsSpan(at + 2)))
        {
            Assert.Equal(0, BinaryPrimitives.ReadUInt16BigEndian(page.AsSpan(at + 2)) % 4);
            types.Add(BinaryPrimitives.ReadUInt16BigEndian(page.AsSpan(at)));
        }
        Assert.Equal([0x0000, 0x0001, 0x0004, 0x0008, 0x000c, 0x0108, 0x8001], types);
    }
}
