using System.Buffers.Binary;
using Futago.Scsi.LogicalUnits;
using Futago.Scsi.Reservations;
using Futago.Scsi.Sense;
using Futago.Scsi.Tests.Scripted;
using Futago.Scsi.Transport;
using Futago.Testing.Blocks;

namespace Futago.Scsi.Tests.Reservations;

/// <summary>PERSISTENT RESERVE IN and OUT, SPC-4 sections 5.12, 6.15 and 6.16.</summary>
public sealed class PersistentReservationTests
{
    private const byte Register = 0, Reserve = 1, Release = 2, Clear = 3, Preempt = 4, PreemptAndAbort = 5, RegisterAndIgnore = 6, Move = 7;
    private const ulong KeyA = 0xa1a2a3a4a5a6a7a8, KeyB = 0xb1b2b3b4b5b6b7b8, KeyC = 0xc1;

    public static TheoryData<PersistentReservationType> Types { get; } = [.. Enum.GetValues<PersistentReservationType>().Where(type => type != 0)];

    private static Task<Outcome> OutAsync(Initiator initiator, byte action, ulong key, ulong actionKey = 0, PersistentReservationType type = 0, byte flags = 0) =>
        initiator.SendAsync(Cdb.PersistentOut(action, (byte)type), Cdb.PersistentList(key, actionKey, flags));

    private static async Task<ulong[]> KeysAsync(Initiator initiator)
    {
        var data = (await initiator.SendAsync(Cdb.PersistentIn(0), dataIn: 4096)).AssertGood().Data;
        Assert.Equal(data.Length - 8, BinaryPrimitives.ReadInt32BigEndian(data.AsSpan(4)));
        return [.. Enumerable.Range(0, (data.Length - 8) / 8).Select(i => BinaryPrimitives.ReadUInt64BigEndian(data.AsSpan(8 + i * 8)))];
    }

    private static async Task AssertKeysAsync(Initiator initiator, params ulong[] keys) => Assert.Equal(keys, await KeysAsync(initiator));

    private static async Task<uint> GenerationAsync(Initiator initiator) =>
        BinaryPrimitives.ReadUInt32BigEndian((await initiator.SendAsync(Cdb.PersistentIn(0), dataIn: 4096)).AssertGood().Data);

    /// <summary>Key and type of the reservation; null when there is none.</summary>
    private static async Task<(ulong Key, PersistentReservationType Type)?> ReservationAsync(Initiator initiator)
    {
        var data = (await initiator.SendAsync(Cdb.PersistentIn(1), dataIn: 4096)).AssertGood().Data;
        return data.Length == 8 ? null : (BinaryPrimitives.ReadUInt64BigEndian(data.AsSpan(8)), (PersistentReservationType)data[21]);
    }

    private static async Task<(Bench Bench, Initiator A, Initiator B)> RegisteredAsync(IReservationStore? store = null)
    {
        var unit = new LogicalUnit(Bench.Options, new RamBlockDevice(1 << 20), new UnitFacilities(new ReservationTable(store)));
        var bench = await Bench.CreateAsync();
        await bench.Target.SetLogicalUnits([unit]);
        await bench.Initiator.TakeAttentionsAsync();
        var other = await bench.JoinAsync();
        (await OutAsync(bench.Initiator, Register, 0, KeyA)).AssertGood();
        (await OutAsync(other, RegisterAndIgnore, 0x1234, KeyB)).AssertGood();
        return (bench, bench.Initiator, other);
    }

    private static void AssertConflict(Outcome outcome) => Assert.Equal(ScsiStatus.RESERVATION_CONFLICT, outcome.Status);

    [Fact]
    public async Task Register_AddsChangesAndRemovesKeys()
    {
        var (_, a, b) = await RegisteredAsync();

        await AssertKeysAsync(a, KeyA, KeyB);
        AssertConflict(await OutAsync(a, Register, KeyB, KeyC));
        (await OutAsync(a, Register, KeyA, KeyC)).AssertGood();
        (await OutAsync(b, Register, KeyB, 0)).AssertGood();

        await AssertKeysAsync(a, KeyC);
        Assert.Equal(4u, await GenerationAsync(a));
    }

    /// <summary>Who may read and write, as the tables of SPC-4 section 5.12.1 have it.</summary>
    [Theory]
    [InlineData(PersistentReservationType.WRITE_EXCLUSIVE, true, false, true, false)]
    [InlineData(PersistentReservationType.EXCLUSIVE_ACCESS, false, false, false, false)]
    [InlineData(PersistentReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY, true, true, true, false)]
    [InlineData(PersistentReservationType.EXCLUSIVE_ACCESS_REGISTRANTS_ONLY, true, true, false, false)]
    [InlineData(PersistentReservationType.WRITE_EXCLUSIVE_ALL_REGISTRANTS, true, true, true, false)]
    [InlineData(PersistentReservationType.EXCLUSIVE_ACCESS_ALL_REGISTRANTS, true, true, false, false)]
    public async Task Reserved_AccessOfOthers_FollowsTheType(PersistentReservationType type, bool registeredReads, bool registeredWrites, bool othersRead, bool othersWrite)
    {
        var (bench, a, b) = await RegisteredAsync();
        var stranger = await bench.JoinAsync("iqn.2026-01.test:c");
        (await OutAsync(a, Reserve, KeyA, 0, type)).AssertGood();

        async Task<(bool Reads, bool Writes)> TryAsync(Initiator initiator) => (
            (await initiator.SendAsync(Cdb.Read10(0, 1), dataIn: 512)).Status == ScsiStatus.GOOD,
            (await initiator.SendAsync(Cdb.Write10(0, 1), new byte[512])).Status == ScsiStatus.GOOD);

        Assert.Equal((true, true), await TryAsync(a));
        Assert.Equal((registeredReads, registeredWrites), await TryAsync(b));
        Assert.Equal((othersRead, othersWrite), await TryAsync(stranger));
        (await stranger.SendAsync(Cdb.TestUnitReady())).AssertGood();
        AssertConflict(await stranger.SendAsync(Cdb.WriteSame16(0, 1, 1)));
        AssertConflict(await stranger.SendAsync(Cdb.Unmap(0)));
        AssertConflict(await stranger.SendAsync(Cdb.CompareAndWrite(0, 1), new byte[1024]));
    }

    [Theory, MemberData(nameof(Types))]
    public async Task Reserve_IsReadBackAndReleased(PersistentReservationType type)
    {
        var (_, a, b) = await RegisteredAsync();
        var ofAll = type >= PersistentReservationType.WRITE_EXCLUSIVE_ALL_REGISTRANTS;

        (await OutAsync(a, Reserve, KeyA, 0, type)).AssertGood();
        (await OutAsync(a, Reserve, KeyA, 0, type)).AssertGood();

        Assert.Equal((ofAll ? 0 : KeyA, type), await ReservationAsync(b));
        AssertConflict(await OutAsync(b, Reserve, KeyB, 0, type == PersistentReservationType.WRITE_EXCLUSIVE
            ? PersistentReservationType.EXCLUSIVE_ACCESS : PersistentReservationType.WRITE_EXCLUSIVE));
        (await OutAsync(a, Release, KeyA, 0, type)).AssertGood();
        Assert.Null(await ReservationAsync(a));
    }

    [Theory, MemberData(nameof(Types))]
    public async Task Release_TellsTheOtherRegistrants_OnlyWhereTheyShared(PersistentReservationType type)
    {
        var (bench, a, b) = await RegisteredAsync();
        var stranger = await bench.JoinAsync("iqn.2026-01.test:c");
        (await OutAsync(a, Reserve, KeyA, 0, type)).AssertGood();

        (await OutAsync(a, Release, KeyA, 0, type)).AssertGood();

        var shared = type >= PersistentReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY;
        Assert.Equal(shared ? [AdditionalSense.RESERVATIONS_RELEASED] : [], await b.TakeAttentionsAsync());
        Assert.Empty(await a.TakeAttentionsAsync());
        Assert.Empty(await stranger.TakeAttentionsAsync());
    }

    [Fact]
    public async Task Release_WrongTypeOrNotTheHolder()
    {
        var (_, a, b) = await RegisteredAsync();
        (await OutAsync(a, Reserve, KeyA, 0, PersistentReservationType.WRITE_EXCLUSIVE)).AssertGood();

        (await OutAsync(b, Release, KeyB, 0, PersistentReservationType.WRITE_EXCLUSIVE)).AssertGood();
        (await OutAsync(a, Release, KeyA, 0, PersistentReservationType.EXCLUSIVE_ACCESS))
            .AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_RELEASE_OF_PERSISTENT_RESERVATION);
        AssertConflict(await OutAsync(a, Release, KeyB, 0, PersistentReservationType.WRITE_EXCLUSIVE));

        Assert.NotNull(await ReservationAsync(a));
    }

    [Theory, MemberData(nameof(Types))]
    public async Task HolderUnregisters_ReservationGoesUnlessAllHoldIt(PersistentReservationType type)
    {
        var (_, a, b) = await RegisteredAsync();
        (await OutAsync(a, Reserve, KeyA, 0, type)).AssertGood();

        (await OutAsync(a, Register, KeyA, 0)).AssertGood();

        var ofAll = type >= PersistentReservationType.WRITE_EXCLUSIVE_ALL_REGISTRANTS;
        Assert.Equal(ofAll, await ReservationAsync(a) is not null);
        var told = type is PersistentReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY or PersistentReservationType.EXCLUSIVE_ACCESS_REGISTRANTS_ONLY;
        Assert.Equal(told ? [AdditionalSense.RESERVATIONS_RELEASED] : [], await b.TakeAttentionsAsync());
    }

    [Fact]
    public async Task Clear_RemovesEverythingAndTellsOthers()
    {
        var (_, a, b) = await RegisteredAsync();
        (await OutAsync(a, Reserve, KeyA, 0, PersistentReservationType.EXCLUSIVE_ACCESS)).AssertGood();

        (await OutAsync(b, Clear, KeyB)).AssertGood();

        Assert.Equal([AdditionalSense.RESERVATIONS_PREEMPTED], await a.TakeAttentionsAsync());
        Assert.Empty(await KeysAsync(a));
        Assert.Null(await ReservationAsync(a));
    }

    [Fact]
    public async Task Preempt_TheHolder_TakesTheReservationOver()
    {
        var (_, a, b) = await RegisteredAsync();
        (await OutAsync(a, Reserve, KeyA, 0, PersistentReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY)).AssertGood();
        var before = await GenerationAsync(a);

        (await OutAsync(b, Preempt, KeyB, KeyA, PersistentReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY)).AssertGood();

        Assert.Equal([AdditionalSense.REGISTRATIONS_PREEMPTED], await a.TakeAttentionsAsync());
        await AssertKeysAsync(a, KeyB);
        Assert.Equal((KeyB, PersistentReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY), await ReservationAsync(b));
        Assert.Equal(before + 1, await GenerationAsync(a));
        AssertConflict(await a.SendAsync(Cdb.Write10(0, 1), new byte[512]));
    }

    [Fact]
    public async Task Preempt_UnknownKeyOrZero_IsRefused()
    {
        var (_, a, _) = await RegisteredAsync();

        AssertConflict(await OutAsync(a, Preempt, KeyA, KeyC, PersistentReservationType.WRITE_EXCLUSIVE));
        (await OutAsync(a, Preempt, KeyA, 0, PersistentReservationType.WRITE_EXCLUSIVE))
            .AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST);
    }

    [Fact]
    public async Task PreemptAndAbort_AnswersWhenTheWriteOfThePreemptedIsOver()
    {
        GatedBlockDevice? gate = null;
        var bench = await Bench.CreateAsync(wrap: ram => gate = new GatedBlockDevice(ram));
        var other = await bench.JoinAsync();
        (await OutAsync(bench.Initiator, Register, 0, KeyA)).AssertGood();
        (await OutAsync(other, Register, 0, KeyB)).AssertGood();
        (await OutAsync(other, Reserve, KeyB, 0, PersistentReservationType.WRITE_EXCLUSIVE)).AssertGood();
        var write = other.SendAsync(Cdb.Write10(0, 1), new byte[512]);
        await gate!.WhenHeldAsync(1);

        var preempt = OutAsync(bench.Initiator, PreemptAndAbort, KeyA, KeyB, PersistentReservationType.WRITE_EXCLUSIVE);

        Assert.False(preempt.IsCompleted);
        gate.Open();
        (await preempt).AssertGood();
        Assert.Equal(ScsiStatus.TASK_ABORTED, (await write).Status);
    }

    [Fact]
    public async Task Move_GivesTheReservationToTheNamedPort()
    {
        var (bench, a, b) = await RegisteredAsync();
        (await OutAsync(a, Reserve, KeyA, 0, PersistentReservationType.EXCLUSIVE_ACCESS)).AssertGood();
        var id = TransportId.Write(b.Nexus.InitiatorPort);
        var list = new byte[24 + id.Length];
        BinaryPrimitives.WriteUInt64BigEndian(list, KeyA);
        BinaryPrimitives.WriteUInt64BigEndian(list.AsSpan(8), KeyC);
        list[17] = 0x02;
        list[19] = (byte)bench.Target.Options.PortalGroupTag;
        BinaryPrimitives.WriteInt32BigEndian(list.AsSpan(20), id.Length);
        id.CopyTo(list, 24);

        (await a.SendAsync(Cdb.PersistentOut(Move, 0, (byte)list.Length), list)).AssertGood();

        await AssertKeysAsync(b, KeyC);
        Assert.Equal((KeyC, PersistentReservationType.EXCLUSIVE_ACCESS), await ReservationAsync(b));
        (await b.SendAsync(Cdb.Write10(0, 1), new byte[512])).AssertGood();
        AssertConflict(await a.SendAsync(Cdb.Read10(0, 1), dataIn: 512));
    }

    [Fact]
    public async Task FullStatus_NamesPortsAndHolder()
    {
        var (_, a, b) = await RegisteredAsync();
        (await OutAsync(b, Reserve, KeyB, 0, PersistentReservationType.WRITE_EXCLUSIVE)).AssertGood();

        var data = (await a.SendAsync(Cdb.PersistentIn(3), dataIn: 4096)).AssertGood().Data;

        var second = data.AsSpan(8 + 24 + BinaryPrimitives.ReadInt32BigEndian(data.AsSpan(8 + 20)));
        Assert.Equal((0, 1), (data[8 + 12], second[12]));
        Assert.Equal((byte)PersistentReservationType.WRITE_EXCLUSIVE, second[13]);
        Assert.Equal(KeyB, BinaryPrimitives.ReadUInt64BigEndian(second));
        Assert.Equal(b.Nexus.InitiatorPort, TransportId.TryRead(second[24..]));
    }

    [Fact]
    public async Task Capabilities_ListAllTypes()
    {
        var (_, a, _) = await RegisteredAsync();

        var data = (await a.SendAsync(Cdb.PersistentIn(2), dataIn: 4096)).AssertGood().Data;

        Assert.Equal([0, 8, 0x0c, 0x90, 0xea, 0x01, 0, 0], data);
    }

    /// <summary>SPEC_I_PT: one initiator port registers others with itself, all or none.</summary>
    [Fact]
    public async Task Register_WithOtherPorts_RegistersAllOrNone()
    {
        var bench = await Bench.CreateAsync();
        var (a, b) = (bench.Initiator, await bench.JoinAsync());
        var absent = "iqn.2026-01.test:later,i,0x800000000009";

        (await RegisterWithAsync(a, 0, KeyA, absent, absent)).AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST);
        (await RegisterWithAsync(a, 0, KeyA, a.Nexus.InitiatorPort)).AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST);
        AssertConflict(await RegisterWithAsync(a, KeyB, KeyA, absent));
        await AssertKeysAsync(a);
        (await RegisterWithAsync(a, 0, KeyA, b.Nexus.InitiatorPort, absent)).AssertGood();
        await AssertKeysAsync(a, KeyA, KeyA, KeyA);
        (await OutAsync(b, Reserve, KeyA, 0, PersistentReservationType.WRITE_EXCLUSIVE)).AssertGood();

        // Who is registered already cannot bring others.
        (await RegisterWithAsync(a, KeyA, KeyC, "iqn.2026-01.test:c,i,0x80000000000a")).AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST);
        await AssertKeysAsync(a, KeyA, KeyA, KeyA);
    }

    [Fact]
    public async Task Register_OtherPortsMalformed_RegistersNobody()
    {
        var bench = await Bench.CreateAsync();
        var id = TransportId.Write("iqn.2026-01.test:b,i,0x800000000002");
        byte[] list = [.. Cdb.PersistentList(0, KeyA, 0x08), 0, 0, 0, (byte)(id.Length + 1), .. id];

        (await bench.Initiator.SendAsync(Cdb.PersistentOut(Register, 0, (byte)list.Length), list))
            .AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST);
        list[20] = 0;
        (await bench.Initiator.SendAsync(Cdb.PersistentOut(Register, 0, (byte)list.Length), list))
            .AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
        (await OutAsync(bench.Initiator, RegisterAndIgnore, 0, KeyA, flags: 0x08))
            .AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST);

        await AssertKeysAsync(bench.Initiator);
    }

    private static Task<Outcome> RegisterWithAsync(Initiator initiator, ulong key, ulong newKey, params string[] ports)
    {
        var ids = ports.SelectMany(port => TransportId.Write(port)).ToArray();
        byte[] list = [.. Cdb.PersistentList(key, newKey, 0x08), 0, 0, (byte)(ids.Length >> 8), (byte)ids.Length, .. ids];
        return initiator.SendAsync(Cdb.PersistentOut(Register, 0, (byte)list.Length), list);
    }

    [Fact]
    public async Task MalformedCommands_AreRefused()
    {
        var (_, a, _) = await RegisteredAsync();

        (await a.SendAsync(Cdb.PersistentIn(4), dataIn: 255)).AssertInvalidFieldInCdb();
        (await a.SendAsync(Cdb.PersistentOut(Reserve, 0x02), Cdb.PersistentList(KeyA, 0))).AssertInvalidFieldInCdb();
        (await a.SendAsync(Cdb.PersistentOut(Reserve, 0x11), Cdb.PersistentList(KeyA, 0))).AssertInvalidFieldInCdb();
        (await a.SendAsync(Cdb.PersistentOut(Register, 0, 20), new byte[20]))
            .AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
        (await OutAsync(a, Register, KeyA, KeyC, flags: 0x08))
            .AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST);
        (await OutAsync(a, Register, KeyA, KeyC, flags: 0x01))
            .AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST);
        AssertConflict(await a.SendAsync(Cdb.Reserve6()));
    }

    [Fact]
    public async Task NexusLossAndReset_LeaveRegistrationsAlone()
    {
        var (bench, a, b) = await RegisteredAsync();
        (await OutAsync(a, Reserve, KeyA, 0, PersistentReservationType.WRITE_EXCLUSIVE)).AssertGood();

        a.Close();
        await b.ManageAsync(TaskManagementFunction.LOGICAL_UNIT_RESET);
        await b.TakeAttentionsAsync();
        var again = new Initiator(bench.Target);
        await again.TakeAttentionsAsync();

        AssertConflict(await b.SendAsync(Cdb.Write10(0, 1), new byte[512]));
        (await again.SendAsync(Cdb.Write10(0, 1), new byte[512])).AssertGood();
    }

    [Fact]
    public async Task Reservation_UnitSetUpAnew_GoesOnWithItsGeneration()
    {
        var store = new FakeStore();
        var (_, a, _) = await RegisteredAsync(store);
        (await OutAsync(a, Reserve, KeyA, 0, PersistentReservationType.WRITE_EXCLUSIVE)).AssertGood();

        var unit = new LogicalUnit(Bench.Options, new RamBlockDevice(1 << 20), new UnitFacilities(new ReservationTable(store)));

        Assert.True(unit.Reservations.Persistent.IsHolder(a.Nexus.InitiatorPort));
        Assert.Equal(2u, unit.Reservations.Persistent.Generation);
    }

    [Fact]
    public async Task PowerLoss_WithoutPersistThroughPowerLoss_LeavesNothing()
    {
        var store = new FakeStore();
        var (_, a, _) = await RegisteredAsync(store);
        (await OutAsync(a, Reserve, KeyA, 0, PersistentReservationType.WRITE_EXCLUSIVE)).AssertGood();

        store.LosePower();
        var unit = new LogicalUnit(Bench.Options, new RamBlockDevice(1 << 20), new UnitFacilities(new ReservationTable(store)));

        Assert.Equal(PersistentReservationState.Empty, unit.Reservations.Persistent);
    }

    [Fact]
    public async Task PowerLoss_WithPersistThroughPowerLoss_KeepsAllButTheGeneration()
    {
        var store = new FakeStore();
        var (_, a, _) = await RegisteredAsync(store);

        (await OutAsync(a, Register, KeyA, KeyC, flags: 0x01)).AssertGood();
        (await OutAsync(a, Reserve, KeyC, 0, PersistentReservationType.WRITE_EXCLUSIVE)).AssertGood();
        store.LosePower();
        var unit = new LogicalUnit(Bench.Options, new RamBlockDevice(1 << 20), new UnitFacilities(new ReservationTable(store)));

        Assert.True(unit.Reservations.Persistent.IsHolder(a.Nexus.InitiatorPort));
        Assert.Equal(0u, unit.Reservations.Persistent.Generation);
    }

    /// <summary>A change that is still being saved when the LUN is set up anew must count on the new unit.</summary>
    [Fact]
    public async Task UnitSetUpAnew_WhileAChangeIsSaved_KnowsIt()
    {
        var store = new FakeStore();
        var table = new ReservationTable(store);
        var target = Bench.CreateTarget();
        await target.SetLogicalUnits([new LogicalUnit(Bench.Options, new RamBlockDevice(1 << 20), new UnitFacilities(table))]);
        var a = new Initiator(target);
        await a.TakeAttentionsAsync();
        store.Gate = new TaskCompletionSource();
        var registering = OutAsync(a, Register, 0, KeyA);

        var exchanged = target.SetLogicalUnits([new LogicalUnit(Bench.Options, new RamBlockDevice(1 << 20), new UnitFacilities(table))]);
        store.Gate.SetResult();
        (await registering).AssertGood();
        await exchanged;

        await a.TakeAttentionsAsync();
        await AssertKeysAsync(a, KeyA);
    }

    [Fact]
    public async Task SavingFails_NothingChanges()
    {
        var store = new FakeStore();
        var (_, a, _) = await RegisteredAsync(store);
        store.Failure = new IOException("disk full");

        (await OutAsync(a, Register, KeyA, KeyC, flags: 0x01)).AssertCheck(SenseKey.HARDWARE_ERROR, AdditionalSense.INTERNAL_TARGET_FAILURE);

        await AssertKeysAsync(a, KeyA, KeyB);
    }

    [Theory, InlineData(new byte[] { 0x45, 0, 0, 8, 0x61 }), InlineData(new byte[] { 0x05, 0, 0, 4, 0x61, 0, 0, 0 }), InlineData(new byte[0])]
    public void TransportId_Malformed_IsNone(byte[] data) => Assert.Null(TransportId.TryRead(data));

    private sealed class FakeStore : IReservationStore
    {
        private PersistentReservationState _saved = PersistentReservationState.Empty;

        public Exception? Failure { get; set; }

        /// <summary>Saving waits for it.</summary>
        public TaskCompletionSource? Gate { get; set; }

        public void LosePower() => _saved = _saved.AfterPowerLoss();

        public PersistentReservationState Load() => _saved;

        public async Task SaveAsync(PersistentReservationState state)
        {
            if (Failure is not null)
                throw Failure;
            if (Gate is not null)
                await Gate.Task;
            _saved = state;
        }
    }
}
