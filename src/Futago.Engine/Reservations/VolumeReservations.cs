using Futago.Engine.Contracts;
using Futago.Engine.Replication;
using Futago.Scsi.Reservations;
using Futago.Volumes.Linux;
using Futago.Volumes.Metadata;

namespace Futago.Engine.Reservations;

/// <summary>
/// The persistent reservations of one LUN, in memory for as long as its target is started, and beside the volume's data when they
/// are to outlive a restart; of a replicated volume also on the peer. They belong to the LUN: a volume that becomes another LUN (target or SCSI ID differ) begins without.
/// </summary>
internal sealed class VolumeReservations : IReservationStore
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _path;
    private readonly string _target;
    private readonly string _scsiId;
    private volatile PersistentReservationState _state;

    private VolumeReservations(string path, string target, string scsiId, PersistentReservationState state, IReservationMirror? mirror)
    {
        Mirror = mirror;
        _path = path;
        _target = target;
        _scsiId = scsiId;
        _state = state;
        Table = new ReservationTable(this);
    }

    /// <summary>One for all units that are this LUN in turn.</summary>
    public ReservationTable Table { get; }

    public IReservationMirror? Mirror { get; }

    /// <summary>Reads what a run before this one has left.</summary>
    /// <param name="directory">Directory of the volume.</param>
    /// <param name="setAside">Where a file that cannot be used went, or null.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static VolumeReservations Open(string directory, string target, string scsiId, TimeProvider time, IReservationMirror? mirror, out string? setAside)
    {
        setAside = null;
        var path = Path.Combine(directory, ReservationDocument.FileName);
        var found = SealedDocument.Read<ReservationDocument>(path, ReservationDocument.CurrentVersion, EngineJson.Options, out var document);
        var state = found == SealedDocumentState.Good ? document!.ToState() : null;
        if (state is null && found != SealedDocumentState.Absent)
        {
            setAside = $"{path}.damaged-{time.GetUtcNow():yyyyMMddHHmmss}";
            File.Move(path, setAside, overwrite: true);
        }
        if (Mirrored(mirror, target, scsiId) is { } mirrored)
            return new VolumeReservations(path, target, scsiId, mirrored, mirror);
        var isOurs = state is not null && document!.Target == target && string.Equals(document.ScsiId, scsiId, StringComparison.OrdinalIgnoreCase);
        return new VolumeReservations(path, target, scsiId, isOurs ? state!.AfterPowerLoss() : PersistentReservationState.Empty, mirror);
    }

    public bool IsOf(string target, string scsiId) => _target == target && _scsiId == scsiId;

    public PersistentReservationState Load() => _state;

    public async Task SaveAsync(PersistentReservationState state)
    {
        // First there: an initiator that hears GOOD must find the reservation after a failover.
        if (Mirror is not null)
            await Mirror.SaveReservationsAsync(MirroredReservations.Write(_target, _scsiId, state));
        if (state.Persists)
            await Task.Run(() => SealedDocument.Write(_path, ReservationDocument.From(_target, _scsiId, state), EngineJson.Options, OwnerOnly));
        else if (_state.Persists)
            await Task.Run(Remove);
        _state = state;
    }

    /// <summary>This node becomes source: what the last source had counts.</summary>
    public async Task TakeOverAsync()
    {
        if (Mirrored(Mirror, _target, _scsiId) is not { } state)
            return;
        _state = state;
        await Table.ReloadAsync();
    }

    private static PersistentReservationState? Mirrored(IReservationMirror? mirror, string target, string scsiId) =>
        mirror?.Reservations is { } value ? MirroredReservations.TryRead(value, target, scsiId) ?? PersistentReservationState.Empty : null;

    private void Remove()
    {
        File.Delete(_path);
        DurableFile.SyncDirectory(Path.GetDirectoryName(_path)!);
    }
}
