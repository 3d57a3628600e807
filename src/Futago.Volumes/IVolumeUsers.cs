namespace Futago.Volumes;

/// <summary>Whoever has volumes or snapshots open: the engine's targets and shares. Implemented by the host.</summary>
public interface IVolumeUsers
{
    /// <summary>Who uses the volume or snapshot: every LUN on it, started or not, every share, and its replication.</summary>
    IReadOnlyList<VolumeUser> UsersOf(Guid volumeId);

    /// <summary>Who is connected to it at this moment, in words: sessions of initiators, users of shares.</summary>
    IReadOnlyList<string> ConnectedTo(Guid volumeId);

    /// <summary>The volumes or snapshots are about to go away: requests under way end, their files are closed when this returns.</summary>
    Task ReleaseAsync(IReadOnlyCollection<Guid> volumeIds);

    /// <summary>The medium of these volumes is dead. Those that are returned go on without it and stay open; the others are released next.</summary>
    Task<IReadOnlyCollection<Guid>> LoseMediumAsync(IReadOnlyCollection<Guid> volumeIds) => Task.FromResult<IReadOnlyCollection<Guid>>([]);

    /// <summary>The volume has lost its medium and is served all the same: its group cannot come back yet.</summary>
    bool IsWithoutMedium(Guid volumeId) => false;

    /// <summary>The data file has become longer; initiators may be told.</summary>
    void Grow(Guid volumeId, long newLengthBytes);
}
