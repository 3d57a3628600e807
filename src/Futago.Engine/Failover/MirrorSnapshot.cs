using Futago.Engine.Replication;
using Futago.Failover;

namespace Futago.Engine.Failover;

/// <summary>All replicated volumes at one moment, as one: they move together.</summary>
internal sealed record MirrorSnapshot(MirrorStatus Status, IReadOnlyList<(Guid Replication, MirrorView View)> Views)
{
    public static MirrorSnapshot Of(IReadOnlyList<(Guid Replication, MirrorView View)> views)
    {
        if (views.Count == 0)
            return new MirrorSnapshot(new MirrorStatus(MirrorLink.Down, DataState.Diskless), views);
        return new MirrorSnapshot(
            new MirrorStatus(views.Min(v => v.View.Link), views.Min(v => v.View.Data), views.Any(v => v.View.SplitBrain), views.Max(v => v.View.Term)), views);
    }

    public bool IsSame(MirrorSnapshot other) => Status == other.Status && Views.SequenceEqual(other.Views);
}
