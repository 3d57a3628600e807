using System.Collections.Concurrent;
using System.Globalization;
using Futago.Engine.Contracts;
using Futago.Failover;

namespace Futago.Engine.Failover;

/// <summary>
/// Asks the network, as long as this node holds the virtual IPs, whether somebody else has one of them too. Nothing follows from
/// the answer by itself: the node that may serve is this one, and who the other one is only people can find out.
/// </summary>
/// <param name="probe">Asks for an address: the link layer address of who has it, null for nobody.</param>
/// <param name="isHeld">Whether the address is on a NIC of this node: after it has gone, its next owner is no intruder.</param>
/// <param name="changed">Told when somebody is found, is another one, or is gone.</param>
internal sealed partial class AddressWatch(
    Func<GuardedAddress, Task<string?>> probe, Func<string, bool> isHeld, Action<AddressConflict, bool> changed, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, AddressConflict> _conflicts = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private int _watch;

    /// <summary>Watches from now on; what was watched before is not any more.</summary>
    public void Start(IReadOnlyList<GuardedAddress> addresses)
    {
        var watch = Restart();
        _ = Task.Run(() => WatchAsync(addresses, watch), CancellationToken.None);
    }

    public void Stop() => Restart();

    public Problem? ProblemOf(string address) => !_conflicts.TryGetValue(address, out var found) ? null : new Problem(
        ProblemCodes.FailoverAddressConflict,
        $"Somebody else in the network of {found.Nic} has {found.Address} too: {found.Mac}, since {found.Since}. Take the address away there, or choose another virtual IP.", null,
        new Dictionary<string, string> { ["address"] = found.Address, ["nic"] = found.Nic, ["mac"] = found.Mac, ["since"] = found.Since });

    private int Restart()
    {
        lock (_lock)
        {
            _conflicts.Clear();
            return ++_watch;
        }
    }

    private async Task WatchAsync(IReadOnlyList<GuardedAddress> addresses, int watch)
    {
        while (Volatile.Read(ref _watch) == watch)
        {
            foreach (var address in addresses)
                await LookAsync(address, watch);
            await Task.Delay(Pause, time);
        }
    }

    private async Task LookAsync(GuardedAddress address, int watch)
    {
        try
        {
            Take(address, await probe(address), watch);
        }
        catch (IOException e)
        {
            LogNotProbed(logger, address.Address, e.Message);
        }
    }

    private void Take(GuardedAddress address, string? mac, int watch)
    {
        AddressConflict? told = null;
        lock (_lock)
        {
            // What was found out after the address went away is about its next owner.
            if (_watch != watch || !isHeld(address.Address))
                return;
            _conflicts.TryGetValue(address.Address, out var known);
            if (mac is null)
            {
                _conflicts.TryRemove(address.Address, out told);
            }
            else if (known?.Mac != mac)
            {
                told = new AddressConflict(address.Address, address.Nic, mac, time.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture));
                _conflicts[address.Address] = told;
            }
        }
        if (told is not null)
            changed(told, mac is not null);
    }

    [LoggerMessage(2501, LogLevel.Warning, "Whether somebody else has {Address} is not known: {Reason}")]
    private static partial void LogNotProbed(ILogger logger, string address, string reason);
}

/// <param name="Mac">Link layer address of the other one.</param>
internal sealed record AddressConflict(string Address, string Nic, string Mac, string Since);
