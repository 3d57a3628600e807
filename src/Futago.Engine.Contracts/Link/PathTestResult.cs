namespace Futago.Engine.Contracts.Link;

/// <summary>What the way to the peer can do, measured from engine to engine through the encrypted link.</summary>
/// <param name="LocalAddress">Own end of the connection that was measured.</param>
/// <param name="RemoteAddress">The peer's end.</param>
/// <param name="RoundTrips">How many small messages went there and back.</param>
/// <param name="RoundTripMinimumMicroseconds">Fastest of them.</param>
/// <param name="RoundTripMedianMicroseconds">Half were faster.</param>
/// <param name="RoundTripP99Microseconds">99 of 100 were faster.</param>
/// <param name="SendBytesPerSecond">Payload to the peer.</param>
/// <param name="ReceiveBytesPerSecond">Payload from the peer.</param>
/// <param name="MtuBytes">Largest IP packet that the kernel sends on this path without splitting it.</param>
public sealed record PathTestResult(
    string LocalAddress,
    string RemoteAddress,
    int RoundTrips,
    double RoundTripMinimumMicroseconds,
    double RoundTripMedianMicroseconds,
    double RoundTripP99Microseconds,
    long SendBytesPerSecond,
    long ReceiveBytesPerSecond,
    int MtuBytes);
