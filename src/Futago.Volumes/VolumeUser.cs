namespace Futago.Volumes;

/// <summary>Who uses a volume or a snapshot: a LUN; or with <paramref name="Share"/> set a share, with <paramref name="Replication"/> a volume replication.</summary>
/// <param name="Active">The volume is served through it now, so it can be neither deleted nor taken offline.</param>
/// <param name="Replication">Name of the task.</param>
/// <param name="Inconsistent">The data is a mixture of old and new now, of no use to anybody else.</param>
public sealed record VolumeUser(string Target, int Lun, bool Active, string? Share = null, string? Replication = null, bool Inconsistent = false)
{
    public static VolumeUser OfShare(string share) => new("", 0, Active: true, share);

    public static VolumeUser OfReplication(string task, bool inconsistent) => new("", 0, Active: true, Replication: task, Inconsistent: inconsistent);

    /// <summary>"target iqn…:t0, LUN 1", "share office", or "volume replication replication1".</summary>
    public StoragePhrase Description =>
        Replication is not null ? StoragePhrase.VolumeReplication(Replication) : Share is not null ? StoragePhrase.Share(Share) : StoragePhrase.Target(Target, Lun);
}
