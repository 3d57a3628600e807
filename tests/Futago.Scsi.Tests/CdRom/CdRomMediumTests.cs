using Futago.Scsi.Sense;
using Futago.Scsi.Tests.Scripted;
using Futago.Scsi.Transport;
using Futago.Testing.Blocks;

namespace Futago.Scsi.Tests.CdRom;

/// <summary>Media that come and go.</summary>
public sealed class CdRomMediumTests
{
    private const byte Eject = 0x02;
    private const byte Load = 0x03;

    /// <summary>Everything that needs a disc says that there is none, and everything else answers.</summary>
    [Fact]
    public async Task EmptyDrive_Commands_SayMediumNotPresent()
    {
        var bench = await CdRomBench.CreateAsync(null);

        foreach (var cdb in new[]
        {
            Cdb.TestUnitReady(), Cdb.ReadCapacity10(), Cdb.Read10(0, 1), MmcCdb.ReadToc(), MmcCdb.DiscInformation(), MmcCdb.TrackInformation(1, 1),
            MmcCdb.DiscStructure(0), MmcCdb.ReadCd(0, 1),
        })
        {
            (await bench.SendAsync(cdb)).AssertCheck(SenseKey.NOT_READY, AdditionalSense.MEDIUM_NOT_PRESENT);
        }
        foreach (var cdb in new[] { Cdb.Inquiry(), Cdb.ModeSense6(0x3f), MmcCdb.GetConfiguration(), MmcCdb.EventStatus(0x10), MmcCdb.MechanismStatus(), Cdb.StartStop(0) })
            (await bench.SendAsync(cdb)).AssertGood();
        var sense = (await bench.SendAsync(Cdb.RequestSense())).AssertGood().Data;
        Assert.Equal([0x02, 0x3a, 0x00], [sense[2], sense[12], sense[13]]);
    }

    /// <summary>MMC-5 section 6.42: LoEj; the other nexus learns that the medium may be another one.</summary>
    [Fact]
    public async Task StartStop_EjectAndLoad_TrayOpensAndOthersAreTold()
    {
        var bench = await CdRomBench.CreateAsync(1000);
        var other = await bench.JoinAsync();

        (await bench.SendAsync(Cdb.StartStop(Eject))).AssertGood();
        (await bench.SendAsync(Cdb.TestUnitReady())).AssertCheck(SenseKey.NOT_READY, AdditionalSense.MEDIUM_NOT_PRESENT_TRAY_OPEN);
        (await other.SendAsync(Cdb.Read10(0, 1), dataIn: 2048)).AssertCheck(SenseKey.NOT_READY, AdditionalSense.MEDIUM_NOT_PRESENT_TRAY_OPEN);
        Assert.Equal(0x10, (await bench.SendAsync(MmcCdb.MechanismStatus())).AssertGood().Data[1]);
        (await bench.SendAsync(Cdb.StartStop(Load))).AssertGood();

        (await bench.SendAsync(Cdb.TestUnitReady())).AssertGood();
        (await other.SendAsync(Cdb.TestUnitReady())).AssertUnitAttention(AdditionalSense.NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED);
        (await other.SendAsync(Cdb.TestUnitReady())).AssertGood();
        Assert.Equal(0, (await bench.SendAsync(MmcCdb.MechanismStatus())).AssertGood().Data[1]);
    }

    /// <summary>A tray that goes in and out without a disc announces none.</summary>
    [Fact]
    public async Task StartStop_LoadWithoutMedium_StaysNotReady()
    {
        var bench = await CdRomBench.CreateAsync(null);

        (await bench.SendAsync(Cdb.StartStop(Eject))).AssertGood();
        (await bench.SendAsync(Cdb.StartStop(Load))).AssertGood();

        (await bench.SendAsync(Cdb.TestUnitReady())).AssertCheck(SenseKey.NOT_READY, AdditionalSense.MEDIUM_NOT_PRESENT);
    }

    /// <summary>MMC-5 section 6.13: a locked tray is opened for nobody, until it is allowed or the nexus is gone.</summary>
    [Fact]
    public async Task Prevent_Eject_IsRefused()
    {
        var bench = await CdRomBench.CreateAsync(1000);
        var other = await bench.JoinAsync();
        (await other.SendAsync(Cdb.Prevent(true))).AssertGood();

        (await bench.SendAsync(Cdb.StartStop(Eject))).AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.MEDIUM_REMOVAL_PREVENTED);
        other.Close();

        (await bench.SendAsync(Cdb.StartStop(Eject))).AssertGood();
    }

    /// <summary>MMC-5 section 6.7: an event once for each nexus, after a first look.</summary>
    [Fact]
    public async Task EventStatus_MediumComesAndGoes_TellsEachNexusOnce()
    {
        var bench = await CdRomBench.CreateAsync(1000);
        var other = await bench.JoinAsync();
        byte[] Event(byte code, byte status) => [0, 6, 4, 0x12, code, status, 0, 0];

        Assert.Equal(Event(0, 2), (await bench.SendAsync(MmcCdb.EventStatus(0x10))).AssertGood().Data);
        Assert.Equal(Event(0, 2), (await other.SendAsync(MmcCdb.EventStatus(0x10), dataIn: 255)).AssertGood().Data);
        (await bench.SendAsync(Cdb.StartStop(Eject))).AssertGood();
        Assert.Equal(Event(3, 1), (await bench.SendAsync(MmcCdb.EventStatus(0x10))).AssertGood().Data);
        Assert.Equal(Event(0, 1), (await bench.SendAsync(MmcCdb.EventStatus(0x10))).AssertGood().Data);
        await bench.Drive.ChangeMediumAsync(CdRomBench.Medium(500, 2));

        // Not a word of it is lost to whoever gave no room for it.
        Assert.Equal([0, 6, 4, 0x12], (await bench.SendAsync(MmcCdb.EventStatus(0x10, allocation: 4))).AssertGood().Data);
        Assert.Equal(Event(2, 2), (await bench.SendAsync(MmcCdb.EventStatus(0x10))).AssertGood().Data);
        Assert.Equal(Event(2, 2), (await other.SendAsync(MmcCdb.EventStatus(0x10), dataIn: 255)).AssertGood().Data);
        // SAM-5 section 5.14.4 as MMC-5 section 6.7 has it: the unit attention is still there.
        (await bench.SendAsync(Cdb.TestUnitReady())).AssertUnitAttention(AdditionalSense.NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED);
    }

    [Fact]
    public async Task EventStatus_OtherClasses_AreAnsweredOrNotAvailable()
    {
        var bench = await CdRomBench.CreateAsync(1000);

        Assert.Equal([0, 6, 1, 0x12, 0, 0, 0, 0], (await bench.SendAsync(MmcCdb.EventStatus(0x12))).AssertGood().Data);
        Assert.Equal([0, 2, 0x80, 0x12], (await bench.SendAsync(MmcCdb.EventStatus(0x44))).AssertGood().Data);
        (await bench.SendAsync(MmcCdb.EventStatus(0x10, polled: false))).AssertInvalidFieldInCdb();
    }

    /// <summary>The administrator's hand is stronger than PREVENT: the new disc is announced to everybody.</summary>
    [Fact]
    public async Task ChangeMedium_AnotherDisc_IsAnnouncedAndRead()
    {
        var bench = await CdRomBench.CreateAsync(1000);
        var other = await bench.JoinAsync();
        (await other.SendAsync(Cdb.Prevent(true))).AssertGood();
        var second = CdRomBench.Medium(500, 2);

        await bench.Drive.ChangeMediumAsync(second);

        (await bench.SendAsync(Cdb.ReadCapacity10())).AssertUnitAttention(AdditionalSense.NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED);
        (await other.SendAsync(Cdb.TestUnitReady())).AssertUnitAttention(AdditionalSense.NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED);
        Assert.Equal([0, 0, 1, 0xf3], (await bench.SendAsync(Cdb.ReadCapacity10())).AssertGood().Data[..4]);
        Assert.Equal(second.Data.Slice(0, 2048).ToArray(), (await bench.SendAsync(Cdb.Read10(0, 1))).AssertGood().Data);
    }

    [Fact]
    public async Task ChangeMedium_TakenOut_IsNotPresent()
    {
        var bench = await CdRomBench.CreateAsync(1000);

        await bench.Drive.ChangeMediumAsync(null);

        (await bench.SendAsync(Cdb.TestUnitReady())).AssertCheck(SenseKey.NOT_READY, AdditionalSense.MEDIUM_NOT_PRESENT);
        Assert.Equal([0, 0], (await bench.SendAsync(MmcCdb.GetConfiguration())).AssertGood().Data[6..8]);
    }

    /// <summary>A command that is between Accept and Execute while the disc is changed reads nothing of the other one.</summary>
    [Fact]
    public async Task ChangeMedium_BetweenAcceptAndExecute_CommandIsRefused()
    {
        var bench = await CdRomBench.CreateAsync(1000);
        var (command, wanted) = bench.Initiator.Accept(Cdb.Read10(0, 1), dataIn: 2048);

        await bench.Drive.ChangeMediumAsync(CdRomBench.Medium(1000, 2));

        (await bench.Initiator.ExecuteAsync(command, null, wanted)).AssertCheck(SenseKey.NOT_READY, AdditionalSense.MEDIUM_NOT_PRESENT);
    }

    /// <summary>What is being read ends before the old medium may be closed.</summary>
    [Fact]
    public async Task ChangeMedium_WhileReading_WaitsAndAborts()
    {
        var gated = new GatedBlockDevice(CdRomBench.Medium(64, 1));
        var bench = await CdRomBench.CreateAsync(gated);
        var reading = bench.SendAsync(Cdb.Read10(0, 1));

        var changing = bench.Drive.ChangeMediumAsync(CdRomBench.Medium(64, 2));
        Assert.False(changing.IsCompleted);
        gated.Open();
        await changing;

        Assert.Equal(ScsiStatus.TASK_ABORTED, (await reading).Status);
    }

    [Fact]
    public async Task ChangeMedium_OfADisk_IsAFault()
    {
        var bench = await Bench.CreateAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => bench.Unit.ChangeMediumAsync(null));
    }
}
