using Futago.Engine.Contracts;
using Futago.Replication;
using Futago.Volumes.LogicalVolumes;

namespace Futago.Engine.Replication;

/// <summary>
/// Metadata of a replication beside a volume that no task of this node has: the volume came with its group from another node, or the end of a
/// task was cut off. Nobody but a person takes it away.
/// </summary>
/// <param name="noteDirectory">See <see cref="BehindFile"/>.</param>
internal sealed class LeftMetadata(string noteDirectory, TimeProvider time)
{
    /// <summary>Why the metadata are not cleared without insisting, or null.</summary>
    public Problem? WhyNotClear(LogicalVolume volume, string path) => WhyNotClear(volume, path, out _);

    /// <summary>Deletes it all. What it says is looked at again first.</summary>
    /// <param name="anyway">A person has read why not, and insists.</param>
    /// <exception cref="ProblemException">Refused; nothing was deleted. Or it could not be deleted.</exception>
    public void Forget(LogicalVolume volume, string path, bool anyway)
    {
        if (WhyNotClear(volume, path, out var summary) is { } refusal && !anyway)
            throw new ProblemException(refusal, 409);
        try
        {
            new VerifyFile(Path.GetDirectoryName(volume.ReplicationPath)!, Guid.Empty).Delete();
            ReplicatedVolume.DeleteMetadata(volume.ReplicationPath);
            // Last: without it, metadata that is still there would be taken for newer than it is.
            if (summary is { } known)
                NoteOf(known).Remove();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ProblemException.Conflict(ProblemCodes.VolumeFailed, $"The replication metadata of volume {path} cannot be deleted: {e.Message}", null, ("volume", path), ("reason", e.Message));
        }
    }

    private Problem? WhyNotClear(LogicalVolume volume, string path, out MetadataSummary? summary)
    {
        summary = null;
        try
        {
            summary = ReplicatedVolume.ReadSummary(volume.ReplicationPath);
            return summary switch
            {
                { HasData: true, Inconsistent: true } => ReplicationProblems.ClearMixture(path),
                // With the note the peer has what is newest, whatever the metadata could still say.
                { HasData: true, Outdated: false, PeerMayHoldCurrent: false } s when !NoteOf(s).IsMade() => ReplicationProblems.ClearOnlyCopy(path, s.ChangedBytes),
                _ => null,
            };
        }
        catch (MetadataException)
        {
            // What it advises is for a task: to clear, which is what is being asked about.
            return ReplicationProblems.ClearDamaged(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ReplicationProblems.ClearUnreadable(path, e.Message);
        }
    }

    private BehindFile NoteOf(MetadataSummary summary) => new(noteDirectory, summary.ReplicationId, time);
}
