using System.Globalization;
using System.Text.Json;
using Futago.Failover;
using Futago.Volumes.Metadata;

namespace Futago.Guard.Service;

/// <summary>
/// What of the failover the guard holds: virtual IPs and packet filter, as the engine orders it and as long as it permits it. Not
/// thread-safe.
/// </summary>
internal sealed class ServiceKeeper(string dataDirectory, Action<string> log)
{
    /// <summary>Addresses that no permit follows go after this: a takeover takes less.</summary>
    private const int UnpermittedSeconds = 12;

    /// <summary>Permits that reach less further are not worth a change of the filter.</summary>
    private const int RenewStepMs = 400;

    private const int AddressRenewMs = 1500;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly string _file = Path.Combine(dataDirectory, "guarded-addresses.json");
    private readonly PacketFilter _filter = new(dataDirectory);
    private GuardOrder? _order;
    private PermitWatch? _watch;
    private long _permitMs;
    private long _filterMs;
    private long _addressesMs;
    private bool _open;
    private bool _added;

    /// <summary>Worth a <see cref="CheckAsync"/>.</summary>
    public bool IsLapsed => _permitMs != 0 && NowMs >= _permitMs;

    private static long NowMs => BootClock.Instance.NowMs;

    /// <summary>Before an engine is started and after one has ended: what was left is taken away.</summary>
    /// <returns>False: it could not be, and no engine may be started.</returns>
    public async Task<bool> RecoverAsync()
    {
        if (_order is null)
        {
            try
            {
                SealedDocument.Read<GuardOrder>(_file, GuardOrder.Version, Json, out _order);
            }
            catch (IOException e)
            {
                log($"{_file} cannot be read: {e.Message}");
                return false;
            }
        }
        _permitMs = 0;
        _watch?.EngineStarted();
        if (_order is null)
            return true;
        return await ClearAsync() is not { } error || Refuse(error);

        bool Refuse(string error)
        {
            log($"what was left of the failover's service cannot be taken away: {error}");
            return false;
        }
    }

    /// <param name="line">Of the engine.</param>
    /// <returns>What to tell the engine; null: nothing.</returns>
    public async Task<string?> HandleAsync(string line)
    {
        if (GuardMessages.TryReadPermit(line, out var untilMs))
            return await PermitAsync(untilMs);
        if (!GuardMessages.TryReadOrder(line, out var id, out var kind, out var order))
            return null;
        var error = await CarryOutAsync(kind, order);
        if (error is not null)
            log(string.Create(CultureInfo.InvariantCulture, $"{kind} failed: {error}"));
        return GuardMessages.Outcome(id, error);
    }

    /// <summary>To be asked after everything that the engine has sent was handled.</summary>
    /// <param name="tell">Tells the engine.</param>
    /// <returns>Whether the engine is to be ended.</returns>
    public async Task<bool> CheckAsync(Func<string, Task> tell)
    {
        switch (_watch?.Check(NowMs))
        {
            case GuardAction.Clear:
                log("the engine's permit to serve has lapsed; taking port and virtual IP away");
                await ClearAsync();
                await tell(GuardMessages.Cleared("the permit lapsed"));
                return false;
            case GuardAction.EndEngine:
                log("the engine did not stop serving after its permit had lapsed; ending it");
                await ClearAsync();
                return true;
            default:
                return false;
        }
    }

    private async Task<string?> PermitAsync(long untilMs)
    {
        _permitMs = untilMs;
        if (_watch?.Permitted(untilMs) == GuardAction.Clear)
        {
            if (_open || _added)
                await ClearAsync();
            return null;
        }
        if (!_open || untilMs - _filterMs < RenewStepMs)
            return null;
        if (await RenewAsync() is not { } error)
            return null;
        await ClearAsync();
        log($"the packet filter cannot be kept open: {error}");
        return GuardMessages.Cleared(error);
    }

    private async Task<string?> RenewAsync()
    {
        var now = NowMs;
        if (_permitMs <= now)
            return "the permit has lapsed";
        if (await _filter.RenewAsync(_order!, _permitMs - now) is { } error)
            return error;
        _filterMs = _permitMs;
        if (now - _addressesMs < AddressRenewMs)
            return null;
        _addressesMs = now;
        return await VirtualAddresses.AddAsync(_order!, (int)((_permitMs - now + 999) / 1000) + 2);
    }

    private async Task<string?> CarryOutAsync(GuardOrderKind kind, GuardOrder order)
    {
        try
        {
            return kind switch
            {
                GuardOrderKind.Block => await BlockAsync(order),
                GuardOrderKind.Add => await AddAsync(order),
                GuardOrderKind.Open => await OpenAsync(),
                GuardOrderKind.Remove => await RemoveAsync(order),
                _ => await ForgetAsync(order),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    private async Task<string?> BlockAsync(GuardOrder order)
    {
        if (_order is { } before && before.Addresses.Any(b => order.Addresses.All(a => a.Address != b.Address)) && await ClearAsync() is { } left)
            return left;
        if (_watch is null)
        {
            _watch = new PermitWatch(new FailoverOptions { IsPrimary = false, NodeId = Guid.Empty, BootId = 1, KillMs = order.KillMs });
            // A permit that came before the first order lapses like any other.
            _watch.Permitted(_permitMs);
        }
        _order = order;
        _open = false;
        return await _filter.BlockAsync(order);
    }

    private async Task<string?> AddAsync(GuardOrder order)
    {
        if (_watch is null || _order is null)
            return "the port was not blocked before";
        // What may be on a NIC is known before it is: a guard that starts anew takes it away.
        SealedDocument.Write(_file, order, Json, FileMode);
        (_order, _added, _addressesMs) = (order, true, NowMs);
        return await VirtualAddresses.AddAsync(order, UnpermittedSeconds);
    }

    private async Task<string?> OpenAsync()
    {
        var now = NowMs;
        if (_order is null || !_added)
            return "there is no virtual IP to open";
        if (_permitMs <= now)
            return "there is no permit";
        if (await _filter.OpenAsync(_order, _permitMs - now) is { } error)
            return error;
        (_open, _filterMs) = (true, _permitMs);
        return null;
    }

    private async Task<string?> RemoveAsync(GuardOrder order)
    {
        _added = false;
        return await VirtualAddresses.RemoveAsync(order);
    }

    private async Task<string?> ForgetAsync(GuardOrder order)
    {
        if (await RemoveAsync(order) is { } error)
            return error;
        (_order, _watch, _open, _permitMs) = (null, null, false, 0);
        File.Delete(_file);
        return await _filter.RemoveAsync();
    }

    private async Task<string?> ClearAsync()
    {
        (_open, _added) = (false, false);
        var blocked = await _filter.BlockAsync(_order!);
        var removed = await VirtualAddresses.RemoveAsync(_order!);
        return blocked ?? removed;
    }
}
