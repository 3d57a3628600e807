namespace Futago.Failover.Tests.Decision;

/// <summary>A core whose shell does at once what it is told, and can be told to fail.</summary>
internal sealed class ScriptedNode
{
    private readonly FailoverCore _core;
    private WitnessRecord? _witness;

    public ScriptedNode(FailoverOptions options, FailoverRecord record, WitnessRecord? witness)
    {
        _core = new FailoverCore(options, record, Now);
        _witness = witness;
        Step(new MirrorChanged(new MirrorStatus(MirrorLink.Down, DataState.UpToDate)));
    }

    public static Guid NodeId { get; } = new(1, 0, 0, new byte[8]);

    public static Guid PeerId { get; } = new(2, 0, 0, new byte[8]);

    public static FailoverOptions Options { get; } = new() { IsPrimary = true, NodeId = NodeId, BootId = 1 };

    public static FailoverRecord Running { get; } = FailoverRecord.New with { Promised = 4, Attempted = 4, DataTerm = 4, Mode = new PairMode(1, true, false) };

    public long Now { get; private set; } = 10_000;

    public FailoverStep? Failing { get; set; }

    /// <summary>Steps and stores, in order.</summary>
    public List<string> Done { get; } = [];

    public List<long> Permits { get; } = [];

    public List<FailoverEffect> Effects { get; } = [];

    public FailoverCore Core => _core;

    public FailoverRecord Stored { get; private set; } = FailoverRecord.New;

    public void Run(long ms)
    {
        for (var until = Now + ms; Now < until;)
        {
            Now += 100;
            Step(Tick.Instance);
        }
    }

    public void Step(FailoverEvent e)
    {
        var events = new Queue<FailoverEvent>([e]);
        while (events.TryDequeue(out var next))
        {
            foreach (var effect in _core.Step(Now, next).ToArray())
            {
                Effects.Add(effect);
                if (Answer(effect) is { } answer)
                    events.Enqueue(answer);
            }
        }
    }

    private FailoverEvent? Answer(FailoverEffect effect)
    {
        switch (effect)
        {
            case Store s:
                Stored = s.Record;
                Done.Add($"Store {s.Record.Promised}/{s.Record.Attempted}");
                return new Stored(s.Id, Ok: true);
            case RunStep s:
                Done.Add(s.Step.ToString());
                return new StepDone(s.Id, s.Step != Failing);
            case Permit p:
                Permits.Add(p.UntilMs);
                return null;
            case AskWitness a:
                var leases = new WitnessLeases(Now, _witness, waitAfterStart: false);
                var reply = leases.Decide(Now, a.Request, out var record);
                _witness = record ?? _witness;
                return new WitnessAnswered(a.Id, reply);
            default:
                return null;
        }
    }
}
