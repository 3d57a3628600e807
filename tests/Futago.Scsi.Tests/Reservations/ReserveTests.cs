using Futago.Scsi.Tests.Scripted;
using Futago.Scsi.Transport;

namespace Futago.Scsi.Tests.Reservations;

/// <summary>RESERVE and RELEASE, SPC-2 sections 7.16 to 7.22.</summary>
public sealed class ReserveTests
{
    [Fact]
    public async Task Reserved_OthersConflictOnEverythingButWhatAlwaysAnswers()
    {
        var bench = await Bench.CreateAsync();
        var other = await bench.JoinAsync();
        (await bench.Initiator.SendAsync(Cdb.Reserve6())).AssertGood();
        (await bench.Initiator.SendAsync(Cdb.Reserve6())).AssertGood();

        Assert.Equal(ScsiStatus.RESERVATION_CONFLICT, (await other.SendAsync(Cdb.Reserve6())).Status);
        Assert.Equal(ScsiStatus.RESERVATION_CONFLICT, (await other.SendAsync(Cdb.TestUnitReady())).Status);
        Assert.Equal(ScsiStatus.RESERVATION_CONFLICT, (await other.SendAsync(Cdb.ModeSense6(0x3f), dataIn: 255)).Status);
        Assert.Equal(ScsiStatus.RESERVATION_CONFLICT, (await other.SendAsync(Cdb.Write10(0, 1), new byte[512])).Status);
        (await other.SendAsync(Cdb.Inquiry(), dataIn: 96)).AssertGood();
        (await other.SendAsync(Cdb.ReportLuns(), dataIn: 64)).AssertGood();
        (await other.SendAsync(Cdb.Release6())).AssertGood();
        Assert.Equal(ScsiStatus.RESERVATION_CONFLICT, (await other.SendAsync(Cdb.TestUnitReady())).Status);
    }

    [Fact]
    public async Task Released_NobodyGetsAUnitAttention()
    {
        var bench = await Bench.CreateAsync();
        var other = await bench.JoinAsync();
        (await bench.Initiator.SendAsync(Cdb.Reserve6())).AssertGood();

        (await bench.Initiator.SendAsync(Cdb.Release6())).AssertGood();

        (await bench.Initiator.SendAsync(Cdb.TestUnitReady())).AssertGood();
        (await other.SendAsync(Cdb.TestUnitReady())).AssertGood();
    }

    [Fact]
    public async Task HolderGone_ReservationGoesToo()
    {
        var bench = await Bench.CreateAsync();
        var other = await bench.JoinAsync();
        (await bench.Initiator.SendAsync(Cdb.Reserve6())).AssertGood();

        bench.Initiator.Close();

        (await other.SendAsync(Cdb.Write10(0, 1), new byte[512])).AssertGood();
    }

    [Fact]
    public async Task ReservedWhileDataWasGathered_WriteIsRefused()
    {
        var bench = await Bench.CreateAsync();
        var other = await bench.JoinAsync();
        var (gathering, wanted) = other.Accept(Cdb.Write10(0, 1), new byte[512]);
        (await bench.Initiator.SendAsync(Cdb.Reserve6())).AssertGood();

        var outcome = await other.ExecuteAsync(gathering, Bench.Filled(512, 1), wanted);

        Assert.Equal(ScsiStatus.RESERVATION_CONFLICT, outcome.Status);
        Assert.Equal(0, bench.Ram.Data[0]);
    }
}
