namespace Futago.Failover.Tests.Simulation;

/// <summary>Two networks: data (0: heartbeats, pings, witness, initiators) and synchronisation (1: heartbeats, replication link).</summary>
internal sealed partial class SimWorld
{
    private readonly bool _slowNetwork;
    private readonly bool[,] _nicDown = new bool[2, 2];

    /// <summary>From node, path: what is sent is lost.</summary>
    private readonly bool[,] _oneWay = new bool[2, 2];
    private readonly bool[] _witnessCut = new bool[2];
    private bool _replicationBlocked;
    private bool _heartbeatsBlocked;
    private int _lossPercent;

    public bool[] PingUp { get; }

    public bool PathUp(int from, int to, int path) =>
        !_nicDown[from, path] && !_nicDown[to, path] && !_oneWay[from, path] && Nodes[from].MachineUp && Nodes[to].MachineUp;

    private int Delay() => _slowNetwork && !_healed && Random.Next(12) == 0 ? Random.Next(7000) : Random.Next(1, 30);

    public void Send(SimNode from, SendHeartbeat send)
    {
        var to = Nodes[1 - from.Index];
        if (_heartbeatsBlocked || !PathUp(from.Index, to.Index, send.Path) || Random.Next(100) < _lossPercent)
            return;
        var copies = Random.Next(60) == 0 ? 2 : 1;
        for (var i = 0; i < copies; i++)
        {
            After(Delay(), () =>
            {
                if (to.Core is not null && !to.Suspended && PathUp(from.Index, to.Index, send.Path))
                    to.EngineLater(0, () => to.Step(new HeartbeatArrived(send.Path, send.Heartbeat)));
            });
        }
    }

    public void Ping(SimNode node, SendPing ping)
    {
        if (_nicDown[node.Index, 0] || !PingUp[ping.PingNode])
            return;
        node.EngineLater(Random.Next(1, 20), () =>
        {
            if (!_nicDown[node.Index, 0])
                node.Step(new PingAnswered(ping.PingNode, ping.SentMs));
        });
    }

    public void Probe(SimNode node)
    {
        var peer = Nodes[1 - node.Index];
        node.EngineLater(Random.Next(100, 300), () =>
            node.Step(new VirtualIpProbed(peer.CanAnswer && !_nicDown[0, 0] && !_nicDown[1, 0])));
    }

    public void Witness(SimNode node, long session, WitnessRequest request, Action<WitnessReply?> answer)
    {
        if (Cut())
            return;
        After(Delay(), () =>
        {
            if (Cut() || _witness.Handle(RealMs, node.Index, session, request) is not { } reply)
                return;
            After(Delay(), () =>
            {
                if (!Cut())
                    answer(reply);
            });
        });

        bool Cut() => _nicDown[node.Index, 0] || _witnessCut[node.Index] || !node.MachineUp;
    }

    public void StoreLater(SimNode node, int life, Action action) => After(Random.Next(25), () =>
    {
        // A write that was under way when its process ended may have been made or not.
        if (node.Life == life && node.Core is not null)
            action();
    });
}
