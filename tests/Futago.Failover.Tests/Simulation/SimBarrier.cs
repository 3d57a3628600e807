namespace Futago.Failover.Tests.Simulation;

/// <summary>
/// Three things keep a node whose lease has lapsed from answering: the engine looks before each answer, the guard ends an engine
/// that does not, and the packet filter lets nothing through after the permit. Any one of them may be missing in a schedule, so that
/// each of the others is shown to be needed.
/// </summary>
internal enum SimBarrier
{
    /// <summary>The guard may stand still; no filter that expires.</summary>
    Lease,
    /// <summary>The engine may stand still between look and answer; no filter that expires.</summary>
    Guard,
    /// <summary>Engine, guard and the whole machine may stand still; the filter expires.</summary>
    Filter,
}
