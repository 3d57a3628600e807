namespace Futago.Engine.Contracts.Iscsi;

/// <summary>A command that has ended. Times are in microseconds; null where the command did not come so far.</summary>
/// <param name="Lun">-1: no logical unit.</param>
/// <param name="Operation">Name of the operation code, such as <c>READ(10)</c>.</param>
/// <param name="Cdb">In hexadecimal, at most 16 bytes.</param>
/// <param name="ExpectedBytes">Expected data transfer length.</param>
/// <param name="Status">SCSI status, SAM-5: 0 is GOOD, 2 CHECK CONDITION.</param>
/// <param name="Sense">Sense key, additional sense code and qualifier in hexadecimal, such as <c>5/21/00</c>; null without sense data.</param>
/// <param name="GatheringMicroseconds">From its arrival until all of its data was there.</param>
/// <param name="ExecutionMicroseconds">With the SCSI layer and the medium.</param>
/// <param name="SendingMicroseconds">Until the answer was handed to the network.</param>
public sealed record RecordedCommand(
    long SessionId,
    string Initiator,
    int Cid,
    DateTimeOffset ArrivedAt,
    uint Tag,
    uint CmdSn,
    int Lun,
    string Operation,
    string Cdb,
    long ExpectedBytes,
    int BytesRead,
    int BytesWritten,
    int Status,
    string? Sense,
    double? GatheringMicroseconds,
    double? ExecutionMicroseconds,
    double? SendingMicroseconds,
    double TotalMicroseconds);
