using Futago.Volumes;
using Futago.Volumes.Snapshots;

namespace Futago.DataReplication.Runs;

/// <summary>Snapshots of a destination, one after each good run: they make a bad run reversible.</summary>
public static class DestinationSnapshots
{
    /// <summary>Takes one, and deletes the oldest unprotected ones of the same owner beyond <paramref name="keep"/>.</summary>
    /// <returns>Its name.</returns>
    /// <exception cref="StorageException">None could be taken; nothing was deleted then.</exception>
    public static async Task<string> TakeAsync(ISnapshots snapshots, Guid volume, string owner, int keep)
    {
        var taken = await snapshots.CreateSnapshotAsync(volume, new SnapshotRequest(null, SnapshotOrigin.DataReplication, owner));
        var own = snapshots.SnapshotsOf(volume).Where(s => s is { Origin: SnapshotOrigin.DataReplication, Temporary: false } && s.Owner == owner).ToList();
        foreach (var old in own.Take(own.Count - keep).Where(s => !s.Protected && s.Id != taken.Id))
        {
            try
            {
                await snapshots.DeleteSnapshotAsync(old.Id);
            }
            catch (StorageException)
            {
                // In use as a share, perhaps: it goes after a later run.
            }
        }
        return taken.Name;
    }
}
