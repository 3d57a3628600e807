using Futago.Failover;

namespace Futago.Engine.Replication;

/// <summary>A replicated volume as the failover manager sees it.</summary>
/// <param name="Connections">Counted since the volume was opened; tells one loss of the connection from the next.</param>
internal readonly record struct MirrorView(MirrorLink Link, DataState Data, bool SplitBrain, ulong Term, long Connections)
{
    public static MirrorView NotOpen { get; } = new(MirrorLink.Down, DataState.Diskless, false, 0, -1);
}
