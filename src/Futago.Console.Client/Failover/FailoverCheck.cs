using Futago.Engine.Contracts;

namespace Futago.Console.Client.Failover;

public enum CheckLevel
{
    Ok,
    /// <summary>Works, but somebody should know.</summary>
    Warning,
    /// <summary>Start is refused while this stands.</summary>
    Error,
}

/// <summary>Where what a check found can be mended.</summary>
public enum FailoverPlace
{
    None,
    Pair,
    /// <summary>The task that <see cref="FailoverCheck.Object"/> names, or all of them.</summary>
    VolumeReplication,
    /// <summary>The target that <see cref="FailoverCheck.Object"/> names, or all of them.</summary>
    Targets,
    Network,
    Groups,
    Failover,
    /// <summary>The one form.</summary>
    FailoverCreation,
}

/// <summary>One thing that was looked at before the failover manager is started.</summary>
/// <param name="Check">What was looked at, such as <c>clock</c>; the same whatever came out.</param>
/// <param name="Outcome">What came out: code, sentence and its values, also when all is well.</param>
public sealed record FailoverCheck(string Check, CheckLevel Level, Problem Outcome, FailoverPlace Place = FailoverPlace.None, string? Object = null);

/// <param name="Ready">No error stands: the failover manager can be started.</param>
public sealed record FailoverChecks(bool Ready, IReadOnlyList<FailoverCheck> Checks);
