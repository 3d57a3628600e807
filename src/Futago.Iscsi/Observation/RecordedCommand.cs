namespace Futago.Iscsi.Observation;

/// <summary>A command that has ended, as the flight recorder tells it. Times that were not reached are null.</summary>
/// <param name="Cdb">At most the first 16 bytes.</param>
/// <param name="Lun">LUN number; -1 for a LUN field that names no logical unit.</param>
/// <param name="ExpectedBytes">Expected data transfer length.</param>
/// <param name="Gathering">From arrival until all its data was there and the medium could begin.</param>
/// <param name="Execution">With the SCSI layer and the medium.</param>
/// <param name="Sending">From the end of the execution until the answer was handed to the system.</param>
/// <param name="Total">From the arrival until the answer was handed to the system.</param>
public sealed record RecordedCommand(
    long SessionId,
    string InitiatorName,
    int Cid,
    DateTimeOffset ArrivedAt,
    uint Tag,
    uint CmdSn,
    int Lun,
    IReadOnlyList<byte> Cdb,
    long ExpectedBytes,
    int BytesRead,
    int BytesWritten,
    byte Status,
    byte SenseKey,
    byte AdditionalSenseCode,
    byte AdditionalSenseQualifier,
    TimeSpan? Gathering,
    TimeSpan? Execution,
    TimeSpan? Sending,
    TimeSpan Total);
