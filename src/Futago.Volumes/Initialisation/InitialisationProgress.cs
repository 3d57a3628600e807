namespace Futago.Volumes.Initialisation;

/// <param name="RateBytesPerSecond">Measured over the last seconds; 0 before there is a measurement.</param>
public sealed record InitialisationProgress(
    long DoneBytes,
    long TotalBytes,
    long? SpeedLimitBytesPerSecond,
    long RateBytesPerSecond,
    long? SecondsLeft);
