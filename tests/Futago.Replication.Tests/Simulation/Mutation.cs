namespace Futago.Replication.Tests.Simulation;

/// <summary>One rule deliberately broken. The simulation has to notice each.</summary>
public enum Mutation
{
    None,
    I1NoActivityLog,
    I2AckWithoutPeer,
    I3EvictWithoutBits,
    I4ClearWithoutFlush,
    I5NotDirtyAfterCrash,
    I6NoRangeLocks,
    I7NotInconsistent,
    I8PromoteAnything,
    I9AnyTerm,
    I10AutomaticDiscard,
    I11FlushHereOnly,
    I12ReadsDoNotWait,
    I13LineageRewound,
    I14UnstableBuffers,
    I15NotNotedBehind,
}
