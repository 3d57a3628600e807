using Futago.Engine.Targets;
using Futago.Volumes.LogicalVolumes;

namespace Futago.Engine.Replication;

/// <summary>Which volumes are replicated, for whoever serves volumes. Waits for nothing.</summary>
internal interface IReplicatedVolumes
{
    /// <summary>What a replicated volume is served through, ready or not; null: it is not replicated, and its file may be opened.</summary>
    OpenVolume? Find(LogicalVolume volume);

    /// <summary>What a volume is still served through although its medium is lost; null: it is not.</summary>
    OpenVolume? FindWithoutMedium(Guid volumeId);
}
