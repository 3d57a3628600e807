using System.Diagnostics.CodeAnalysis;
using Futago.Scsi.Commands;
using Futago.Scsi.Transport;

namespace Futago.Scsi.Reservations;

/// <summary>
/// Who may use a logical unit: RESERVE and RELEASE of SPC-2, held by a nexus and lost with it, or persistent reservations.
/// <see cref="Generation"/> changes with every change, so that a command that was accepted before one looks again. When a LUN is set up
/// anew, the new unit takes the table of the old one: a change that is still being saved counts for both.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle nobody asks for holds nothing to dispose of")]
public sealed class ReservationTable
{
    private readonly object _gate = new();
    private readonly SemaphoreSlim _changing = new(1);
    private readonly IReservationStore? _store;
    private volatile PersistentReservationState _persistent;
    private long _holder = -1;
    private volatile int _generation;

    /// <param name="store">Where persistent reservations outlive a restart; without one, APTPL is not offered.</param>
    public ReservationTable(IReservationStore? store)
    {
        _store = store;
        _persistent = store?.Load() ?? PersistentReservationState.Empty;
    }

    internal int Generation => _generation;

    internal PersistentReservationState Persistent => _persistent;

    /// <summary>PTPL_C: reservations can outlive a loss of power.</summary>
    internal bool CanPersist => _store is not null;

    /// <summary>Whether a command of the nexus meets a RESERVATION CONFLICT, SPC-2 section 5.5.1, SPC-4 section 5.12.1.</summary>
    internal bool Conflicts(Nexus nexus, ReservationAccess access)
    {
        if (access == ReservationAccess.Unreserved)
            return false;
        var holder = Interlocked.Read(ref _holder);
        if (holder >= 0 && holder != nexus.Id)
            return true;
        var state = _persistent;
        if (!state.IsReserved || access == ReservationAccess.Always || state.IsHolder(nexus.InitiatorPort))
            return false;
        if (state.AdmitsRegistrants && state.Find(nexus.InitiatorPort) is not null)
            return false;
        return access == ReservationAccess.Write || !state.AllowsReadsOfOthers;
    }

    /// <returns>False for RESERVATION CONFLICT.</returns>
    internal bool TryReserve(Nexus nexus)
    {
        lock (_gate)
        {
            // CRH is 0: the two kinds of reservation exclude each other, SPC-4 section 5.12.3.
            if (!_persistent.Registrations.IsEmpty || (_holder >= 0 && _holder != nexus.Id))
                return false;
            Set(nexus.Id);
            return true;
        }
    }

    /// <summary>SPC-2 section 7.16: who does not hold the reservation releases nothing, and that is no error.</summary>
    internal bool TryRelease(Nexus nexus)
    {
        lock (_gate)
        {
            if (!_persistent.Registrations.IsEmpty)
                return false;
            if (_holder == nexus.Id)
                Set(-1);
            return true;
        }
    }

    /// <summary>
    /// Changes the persistent state, one change at a time. It is saved before it counts; also one that no longer persists, lest an
    /// old reservation rise again.
    /// </summary>
    internal async Task<PersistentReservationChange> ChangeAsync(Func<PersistentReservationState, PersistentReservationChange> change)
    {
        await _changing.WaitAsync();
        try
        {
            var before = _persistent;
            var result = change(before);
            if (result.State is not { } after || after == before)
                return result;
            if (_store is not null)
                await _store.SaveAsync(after);
            lock (_gate)
            {
                _persistent = after;
                _generation++;
            }
            return result;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Takes what the store has now: another node was in charge meanwhile. Changes under way come before or after it.</summary>
    public async Task ReloadAsync()
    {
        if (_store is null)
            return;
        await _changing.WaitAsync();
        try
        {
            lock (_gate)
            {
                _persistent = _store.Load();
                _generation++;
            }
        }
        finally
        {
            _changing.Release();
        }
    }

    internal void ReleaseLost(long nexusId)
    {
        lock (_gate)
        {
            if (_holder == nexusId)
                Set(-1);
        }
    }

    /// <summary>A reset ends the reservation of a nexus; persistent ones stay, SPC-4 section 5.12.1.</summary>
    internal void Reset()
    {
        lock (_gate)
            Set(-1);
    }

    private void Set(long holder)
    {
        Interlocked.Exchange(ref _holder, holder);
        _generation++;
    }
}
