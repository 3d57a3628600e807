namespace Futago.Scsi.LogicalUnits;

/// <summary>
/// What an initiator recognises a logical unit by, whatever path it comes over. It belongs to the volume and never changes;
/// docs/protocol/scsi-identity.md says how it appears on the wire.
/// </summary>
/// <param name="ScsiId">16 or 32 hexadecimal digits.</param>
/// <param name="Serial">Unit serial number (VPD page 80h): 1 to 252 printable ASCII characters.</param>
public sealed record LogicalUnitIdentity(string ScsiId, string Serial)
{
    /// <exception cref="ArgumentException">One of the two is malformed.</exception>
    public void Validate()
    {
        if (ScsiId.Length is not (16 or 32) || !ScsiId.All(char.IsAsciiHexDigit))
            throw new ArgumentException($"SCSI ID '{ScsiId}' is not 16 or 32 hexadecimal digits", nameof(ScsiId));
        if (Serial.Length is 0 or > 252 || !Serial.All(c => c is >= ' ' and <= '~'))
            throw new ArgumentException($"Serial '{Serial}' is not 1 to 252 printable ASCII characters", nameof(Serial));
    }
}
