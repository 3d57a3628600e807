using Futago.Engine.Replication;
using Futago.Failover;

namespace Futago.Engine.Failover;

/// <summary>What the volumes say, ten times a second and in order; and leave to go on alone, given again for each loss of the connection.</summary>
internal sealed partial class FailoverNode
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<Guid, long> _granted = [];

    private async Task WatchAsync()
    {
        var last = MirrorSnapshot.Of([]);
        using var timer = new PeriodicTimer(WatchInterval, _parts.Time);
        try
        {
            do
            {
                var views = new List<(Guid, MirrorView)>(_configuration.Replications.Count);
                foreach (var id in _configuration.Replications)
                    views.Add((id, _parts.Replications.TryGet(id) is { } volume ? await volume.ViewAsync() : MirrorView.NotOpen));
                if (_view.State.IsActive())
                    _initiators.Store();
                else
                    _initiators.Forget();
                var now = MirrorSnapshot.Of(views);
                if (now.IsSame(last))
                    continue;
                last = now;
                Post(new MirrorChanged(now.Status), now);
            }
            while (await timer.WaitForNextTickAsync(_stopping.Token));
        }
        catch (OperationCanceledException)
        {
            // The engine stops.
        }
    }

    /// <summary>
    /// A connection that came and went so quickly that the decision never saw it took the mirror's leave to go on alone with it. The node
    /// has told nobody that it is in sync since, so what it was granted still holds.
    /// </summary>
    private void GrantAgain()
    {
        if (_core.State != NodeState.ActiveAlone)
        {
            _granted.Clear();
            return;
        }
        foreach (var (id, view) in _mirror.Views)
        {
            if (view.Link != MirrorLink.Down || _granted.TryGetValue(id, out var connections) && connections == view.Connections)
                continue;
            _granted[id] = view.Connections;
            if (_parts.Replications.TryGet(id) is { } volume)
                _ = volume.GoOnAloneAsync(view.Connections);
        }
    }
}
