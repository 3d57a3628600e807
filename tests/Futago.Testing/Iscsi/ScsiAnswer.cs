namespace Futago.Testing.Iscsi;

/// <summary>How a SCSI command ended.</summary>
/// <param name="Status">SCSI status, 0 for GOOD.</param>
/// <param name="SenseKey">0 without sense data.</param>
/// <param name="AdditionalSense">ASC and ASCQ, 0 without sense data.</param>
public sealed record ScsiAnswer(byte Status, byte[] Data, int SenseKey, int AdditionalSense);
