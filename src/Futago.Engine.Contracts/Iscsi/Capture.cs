namespace Futago.Engine.Contracts.Iscsi;

/// <summary>What is to be captured of a session, from now on.</summary>
/// <param name="Seconds">1 to 3600.</param>
/// <param name="MaximumBytes">Size of the file, 64 KiB to 64 MiB.</param>
/// <param name="Payload">Also the data that initiators read and write; otherwise only headers and what belongs to the protocol.</param>
public sealed record StartCaptureRequest(int Seconds = 60, int MaximumBytes = 8 << 20, bool Payload = false);

/// <param name="EndsAt">When it ends or has ended.</param>
/// <param name="Running">PDUs are still added.</param>
/// <param name="Full">It ended because of its size.</param>
/// <param name="Bytes">Size of the file now.</param>
public sealed record CaptureInfo(
    long SessionId,
    string Initiator,
    string Target,
    DateTimeOffset StartedAt,
    DateTimeOffset EndsAt,
    bool Running,
    bool Full,
    bool Payload,
    long Packets,
    long Bytes);
