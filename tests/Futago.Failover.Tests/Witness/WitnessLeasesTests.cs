namespace Futago.Failover.Tests.Witness;

public sealed class WitnessLeasesTests
{
    private static readonly Guid A = new(1, 0, 0, new byte[8]);
    private static readonly Guid B = new(2, 0, 0, new byte[8]);

    [Fact]
    public void Lease_OfTheOther_IsGrantedOnlyAfterItHasLapsed_AndOnlyInANewTerm()
    {
        var leases = Held(term: 4, alone: false, out _);

        Assert.Equal(WitnessResult.Held, Ask(leases, 7999, B, 4, 5).Result);
        Assert.Equal(WitnessResult.TermMoved, Ask(leases, 8000, B, 4, 4).Result);
        Assert.Equal(WitnessResult.Done, Ask(leases, 8000, B, 4, 5).Result);
        Assert.Equal(WitnessResult.TermMoved, Ask(leases, 8001, A, 4, 4).Result);
    }

    [Fact]
    public void Lease_OfOneThatIsAlone_IsNeverGrantedToTheOther()
    {
        var leases = Held(term: 4, alone: true, out _);

        Assert.Equal(WitnessResult.HolderAlone, Ask(leases, 1_000_000, B, 4, 5).Result);
        Assert.Equal(WitnessResult.Done, Ask(leases, 1_000_000, A, 4, 5).Result);
    }

    [Fact]
    public void Lease_ThatIsNotCommitted_IsNotHeld()
    {
        var leases = Held(term: 4, alone: false, out _);

        leases.Decide(8000, new WitnessRequest(B, WitnessOperation.Acquire, 4, 5, true, false, 8000), out var record);

        Assert.NotNull(record);
        Assert.Equal(4UL, leases.Record!.Term);
    }

    [Fact]
    public void Restart_CountsEveryLeaseAsJustGiven()
    {
        Held(term: 4, alone: false, out var record);
        var restarted = new WitnessLeases(100, record);

        Assert.Equal(WitnessResult.Held, Ask(restarted, 8099, B, 4, 5).Result);
        Assert.Equal(WitnessResult.Done, Ask(restarted, 8100, B, 4, 5).Result);
    }

    [Fact]
    public void LostStore_GrantsNobody_ExceptToTheOneThatServes()
    {
        var leases = new WitnessLeases(0, stored: null);

        Assert.Equal(WitnessResult.Unknown, Ask(leases, 1_000_000, B, 0, 5).Result);
        Assert.Equal(WitnessResult.Done, Ask(leases, 1_000_000, A, 0, 4, serves: true).Result);
        Assert.Equal(WitnessResult.Held, Ask(leases, 1_000_001, B, 4, 5).Result);
    }

    [Fact]
    public void Release_LetsTheOtherInAtOnce()
    {
        var leases = Held(term: 4, alone: true, out _);

        Assert.Equal(WitnessResult.Done, Ask(leases, 1, A, 4, 4, operation: WitnessOperation.Release).Result);
        Assert.Equal(WitnessResult.Done, Ask(leases, 2, B, 4, 5).Result);
    }

    private static WitnessLeases Held(ulong term, bool alone, out WitnessRecord record)
    {
        record = new WitnessRecord(term, A, alone, 8000);
        var leases = new WitnessLeases(0, stored: null);
        leases.Commit(0, record);
        return leases;
    }

    private static WitnessReply Ask(
        WitnessLeases leases, long nowMs, Guid node, ulong expected, ulong term, bool serves = false, WitnessOperation operation = WitnessOperation.Acquire)
    {
        var reply = leases.Decide(nowMs, new WitnessRequest(node, operation, expected, term, false, serves, 8000), out var record);
        if (record is not null)
            leases.Commit(nowMs, record);
        return reply;
    }
}
