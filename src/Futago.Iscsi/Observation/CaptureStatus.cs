namespace Futago.Iscsi.Observation;

/// <param name="EndsAt">When it ends or ended; earlier when it is full or was stopped.</param>
/// <param name="Running">PDUs are still added.</param>
/// <param name="Full">It ended because of its size.</param>
/// <param name="Bytes">Size of the file now.</param>
public sealed record CaptureStatus(
    long SessionId,
    string InitiatorName,
    string TargetName,
    DateTimeOffset StartedAt,
    DateTimeOffset EndsAt,
    bool Running,
    bool Full,
    bool Payload,
    long Packets,
    long Bytes);
