namespace Futago.Iscsi.Observation;

/// <summary>How a session is captured.</summary>
/// <param name="Duration">1 second to 1 hour.</param>
/// <param name="MaximumBytes">Size of the file, 64 KiB to 64 MiB.</param>
/// <param name="Payload">Also the data of reads and writes and other parameter data, which is the initiators' own business; otherwise headers and sense data.</param>
public sealed record CaptureOptions(TimeSpan Duration, int MaximumBytes, bool Payload)
{
    public const int MinimumBytes = 64 << 10;
    public const int LargestBytes = 64 << 20;
    public static readonly TimeSpan LongestDuration = TimeSpan.FromHours(1);

    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range; the parameter's name says which.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Duration, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Duration, LongestDuration);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaximumBytes, MinimumBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaximumBytes, LargestBytes);
    }
}
