namespace Futago.DataReplication.Runs;

public enum RunPhase
{
    /// <summary>The snapshot is taken and mounted.</summary>
    Preparing,
    Copying,
    /// <summary>The connection was lost; the next attempt follows.</summary>
    Waiting,
    /// <summary>The destination takes its snapshot; the source's is released.</summary>
    Finishing,
    Ended,
}

/// <param name="Percent">Null until rsync knows all files.</param>
/// <param name="BytesPerSecond">Over the last seconds.</param>
/// <param name="Attempt">1 for the first.</param>
/// <param name="Reason">Why the last attempt failed, while the next one is waited for; null otherwise.</param>
/// <param name="Detail">The same as a sentence.</param>
public sealed record RunProgress(
    RunPhase Phase,
    long Bytes,
    int? Percent,
    long BytesPerSecond,
    long? SecondsLeft,
    long FilesTransferred,
    long? FilesLeft,
    int Attempt,
    RunReason? Reason = null,
    string? Detail = null)
{
    public static RunProgress Start { get; } = new(RunPhase.Preparing, 0, null, 0, null, 0, null, 1);
}
