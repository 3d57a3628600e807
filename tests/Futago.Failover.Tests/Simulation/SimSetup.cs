namespace Futago.Failover.Tests.Simulation;

/// <summary>What one schedule is made of; everything else follows from the seed.</summary>
internal sealed record SimSetup(int Seed, Mutation Mutation = Mutation.None)
{
    /// <summary>Length of the part with faults, in simulated ms.</summary>
    public long FaultsMs { get; init; } = 240_000;

    /// <summary>Null: by the seed.</summary>
    public FailoverPolicy? Policy { get; init; }

    /// <summary>Null: by the seed.</summary>
    public SimBarrier? Barrier { get; init; }

    /// <summary>Always, not only with some seeds.</summary>
    public bool SlowNetwork { get; init; }

    /// <summary>Gets a line of text for whatever matters.</summary>
    public Action<string>? Trace { get; init; }
}
