using Futago.Blocks;

namespace Futago.Replication.Tests.Simulation;

/// <summary>People overrule the authority: both nodes go on alone, and meet again.</summary>
internal sealed partial class SimWorld
{
    /// <returns>What went wrong: a side that lost what only it had, or did not see the split brain.</returns>
    public string? RunSplitBrain()
    {
        _expectSplitBrain = true;
        foreach (var node in _nodes)
            node.Start();
        Until("both in sync", () => _nodes.All(n => n.Core!.Phase == LinkPhase.Established));
        Command(_nodes[0], id => new Promote(id, 2, Alone: false, Force: false));
        Until("one primary", () => _nodes[0].Core!.IsPrimary);
        for (var n = _random.Next(5); n > 0; n--)
            Submit(_nodes[0]);
        for (var n = _random.Next(30); n > 0; n--)
            Progress();

        _apart = true;
        _link?.Break(_random);
        // A promotion waits for what is still on its way to the medium.
        Until("both apart", () => _nodes.All(n => n.Core!.Phase == LinkPhase.Down && n.Io.Count == 0));
        Command(_nodes[0], id => new Grant(id));
        Command(_nodes[1], id => new Promote(id, (ulong)_random.Next(3, 5), Alone: true, Force: false));
        Until("two primaries", () => _nodes[1].Core!.IsPrimary);
        if (_violation is not null)
            return _violation;
        foreach (var node in _nodes)
        {
            while (!_requests.Any(r => r.Node == node.Index && r.Operation == BlockOperation.Write))
                Submit(node);
        }
        Until("both wrote", () => _requests.Count == 0);
        var before = _nodes.Select(n => n.Disk.Cache.ToArray()).ToList();

        _apart = false;
        for (var n = 0; n < 2000 && _violation is null; n++)
        {
            if (!Progress())
                Tick(900);
        }
        foreach (var node in _nodes)
        {
            if (!node.Disk.Cache.SequenceEqual(before[node.Index]))
                Violate($"node {node.Index} was overwritten, and nobody had decided so");
            if (node.Core!.LastRefusal is not (Refusal.SplitBrain or Refusal.BothPrimary))
                Violate($"node {node.Index} does not see the split brain: {node.Core.LastRefusal}");
        }
        return _violation;
    }

    private void Until(string what, Func<bool> condition)
    {
        for (var n = 0; n < 5000; n++)
        {
            if (condition())
                return;
            if (!Progress())
                Tick(900);
        }
        Violate($"never: {what}");
    }
}
