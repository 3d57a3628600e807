namespace Futago.Iscsi.Pdu;

/// <summary>
/// SCSI Command, RFC 7143 section 11.3.
/// <code>
///   0|.|I| 0x01      |F|R|W|. .|ATTR | Reserved                      |
///   8| Logical Unit Number                                           |
///  16| Initiator Task Tag                                            |
///  20| Expected Data Transfer Length                                 |
///  24| CmdSN                                                         |
///  28| ExpStatSN                                                     |
///  32/ SCSI Command Descriptor Block                                 /
///  48/ AHS, header digest, immediate data                            /
/// </code>
/// </summary>
internal static class ScsiCommandPdu
{
    public const byte ReadBit = 0x40;
    public const byte WriteBit = 0x20;
    public const byte AttributeMask = 0x07;
    public const int ExpectedLengthOffset = 20;
    public const int CdbOffset = 32;
    public const int CdbLength = 16;

    /// <summary>AHS type 1: the part of the CDB beyond 16 bytes, section 11.2.2.3.</summary>
    public const byte ExtendedCdbAhs = 1;
    private const int AhsPreamble = 4; // AHSLength(2), AHSType(1), one byte that AHSLength counts

    /// <summary>Copies the CDB with an extension from the AHS, if there is one.</summary>
    /// <param name="cdb">Room for 260 bytes or for 16 when there is no AHS.</param>
    /// <returns>Bytes of the CDB, or -1 when the AHS is malformed or of a kind that is not known.</returns>
    public static int ReadCdb(scoped Bhs header, ReadOnlySpan<byte> ahs, Span<byte> cdb)
    {
        header.Bytes.Slice(CdbOffset, CdbLength).CopyTo(cdb);
        if (ahs.IsEmpty)
            return CdbLength;
        if (ahs.Length < AhsPreamble || ahs[2] != ExtendedCdbAhs)
            return -1;
        // AHSLength is in bytes, excluding the two length bytes and the type, but including the reserved byte.
        var extension = ((ahs[0] << 8) | ahs[1]) - 1;
        if (extension < 1 || AhsPreamble + extension > ahs.Length || CdbLength + extension > cdb.Length)
            return -1;
        ahs.Slice(AhsPreamble, extension).CopyTo(cdb[CdbLength..]);
        return CdbLength + extension;
    }
}
