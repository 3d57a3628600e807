namespace Futago.Replication.Tests.Simulation;

/// <summary>One connection. Frames arrive in order; when it breaks, each side has got a beginning of what was sent to it.</summary>
internal sealed class SimLink(long session)
{
    public long Session => session;

    /// <summary>To node 0 and to node 1.</summary>
    public Queue<Frame>[] Towards { get; } = [new(), new()];

    /// <summary>Which sides have been told that it is there, and which that it is gone.</summary>
    public bool[] Told { get; } = new bool[2];

    public bool[] Gone { get; } = new bool[2];

    public bool Broken { get; private set; }

    public bool IsOver => Gone[0] && Gone[1];

    public void Break(Random random)
    {
        if (Broken)
            return;
        Broken = true;
        for (var i = 0; i < 2; i++)
        {
            var arrives = random.Next(Towards[i].Count + 1);
            var rest = Towards[i].Take(arrives).ToList();
            Towards[i].Clear();
            foreach (var frame in rest)
                Towards[i].Enqueue(frame);
        }
    }
}
