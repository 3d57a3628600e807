using Futago.Console.Client.Node;
using Futago.Console.Client.Tasks;
using Futago.Console.Resources;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;

namespace Futago.Console.Components.Presentation;

/// <summary>Long work that the node does now.</summary>
/// <param name="Percent">0–100; null while the whole is not known.</param>
/// <param name="Address">Page where it can be followed.</param>
public sealed record WorkItem(string Title, string Text, int? Percent, string Address)
{
    /// <summary>Resyncs first: until they are done there is one good copy only. Nothing while the engine is not connected.</summary>
    public static IReadOnlyList<WorkItem> Find(ILiveStatus live) => !live.Connected ? [] :
    [
        .. from replication in live.Replications
           where replication.Resync is { State: not ResyncState.None }
           let resync = replication.Resync
           select new WorkItem(
               Sentence.Of(VolumeReplicationText.ResyncOf, replication.TaskName), ReplicationLabels.Resync(resync),
               resync.TotalBytes > 0 ? ReplicationLabels.Percent(resync.DoneBytes, resync.TotalBytes) : null, ConsoleRoutes.VolumeReplication(replication.TaskName)),
        .. from replication in live.Replications
           where replication.Verify is { FinishedAt: null }
           let verify = replication.Verify
           let percent = ReplicationLabels.Percent(verify.CheckedBytes, verify.TotalBytes)
           select new WorkItem(
               $"{VolumeReplicationText.Verify}: {replication.TaskName}", Sentence.Of(VolumeReplicationText.VerifyRunning, percent, ByteSize.Format(verify.DifferentBytes)), percent,
               ConsoleRoutes.VolumeReplication(replication.TaskName)),
        .. from volume in live.Volumes
           let run = volume.Initialisation
           where run is not null
           select new WorkItem(
               Sentence.Of(VolumesText.InitialisationOf, volume.Path), InitialisationText.Progress(run), InitialisationText.Percent(run), ConsoleRoutes.VolumesOf(volume.Group)),
        .. from run in live.Runs
           where run.Outcome is null
           let progress = RunProgressView.Of(run.Progress)
           select new WorkItem(
               $"{TasksText.KindDataReplication}: {run.TaskName}", TaskLabels.Line(progress), progress.Percent, ConsoleRoutes.Tasks),
    ];
}
