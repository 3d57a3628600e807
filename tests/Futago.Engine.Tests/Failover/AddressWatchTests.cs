using System.Threading.Channels;
using Futago.Engine.Contracts;
using Futago.Engine.Failover;
using Futago.Failover;
using Futago.Testing.Iscsi;
using Microsoft.Extensions.Logging.Abstractions;

namespace Futago.Engine.Tests.Failover;

/// <summary>Somebody else has a virtual IP: who, since when, and not a moment longer than it is true.</summary>
public sealed class AddressWatchTests
{
    private const string Address = "10.77.0.10";

    private static readonly GuardedAddress[] Addresses = [new(Address, 24, "eth0", null)];

    private readonly ManualTimeProvider _time = new();
    private readonly Channel<(AddressConflict Conflict, bool Found)> _told = Channel.CreateUnbounded<(AddressConflict, bool)>();
    private bool _held = true;

    [Fact]
    public async Task Watch_SomebodyElseHasIt_SaysWhoAndSinceWhenUntilTheyAreGone()
    {
        string? mac = "02:00:00:00:00:99";
        var watch = Watch(_ => Task.FromResult<string?>(Volatile.Read(ref mac)));

        watch.Start(Addresses);
        var (found, isFound) = await NextAsync();
        var problem = watch.ProblemOf(Address);
        Volatile.Write(ref mac, null);
        var (gone, isStillFound) = await NextAsync();

        Assert.True(isFound);
        Assert.False(isStillFound);
        Assert.Equal(found, gone);
        Assert.Equal(ProblemCodes.FailoverAddressConflict, problem?.Code);
        Assert.Equal(("eth0", "02:00:00:00:00:99", found.Since), (problem!.Args!["nic"], problem.Args["mac"], problem.Args["since"]));
        Assert.StartsWith("1970-01-02 00:0", found.Since, StringComparison.Ordinal);
        Assert.Null(watch.ProblemOf(Address));
        watch.Stop();
    }

    [Fact]
    public void Watch_AnswerAfterTheAddressWasGivenUp_IsNotBelieved()
    {
        var answer = new TaskCompletionSource<string?>();
        using var asked = new ManualResetEventSlim();
        var watch = Watch(_ =>
        {
            asked.Set();
            return answer.Task;
        });
        watch.Start(Addresses);
        asked.Wait(TestContext.Current.CancellationToken);

        watch.Stop();
        answer.SetResult("02:00:00:00:00:02");

        Assert.Null(watch.ProblemOf(Address));
        Assert.False(_told.Reader.TryRead(out _));
    }

    [Fact]
    public async Task Watch_AddressNotOnTheNic_ItsNextOwnerIsNoIntruder()
    {
        _held = false;
        var rounds = 0;
        var watch = Watch(_ =>
        {
            _held = ++rounds > 1;
            return Task.FromResult<string?>(rounds == 1 ? "02:00:00:00:00:02" : "02:00:00:00:00:99");
        });

        watch.Start(Addresses);
        var (found, _) = await NextAsync();

        Assert.Equal("02:00:00:00:00:99", found.Mac);
        watch.Stop();
    }

    private AddressWatch Watch(Func<GuardedAddress, Task<string?>> probe) =>
        new(probe, _ => _held, (conflict, found) => _told.Writer.TryWrite((conflict, found)), _time, NullLogger.Instance);

    private async Task<(AddressConflict Conflict, bool Found)> NextAsync()
    {
        (AddressConflict, bool) told;
        while (!_told.Reader.TryRead(out told))
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
            if (_told.Reader.Count == 0)
                _time.Advance(TimeSpan.FromSeconds(10));
        }
        return told;
    }
}
