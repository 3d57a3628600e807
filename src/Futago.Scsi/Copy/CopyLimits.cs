namespace Futago.Scsi.Copy;

/// <summary>What third-party copies can be at most; told in VPD page 8Fh and in RECEIVE COPY OPERATING PARAMETERS.</summary>
internal static class CopyLimits
{
    public const int CscdDescriptors = 16;

    public const int SegmentDescriptors = 64;

    /// <summary>Both descriptor lists together, in bytes.</summary>
    public const int DescriptorListBytes = 4096;

    /// <summary>What one segment descriptor can say: 65,535 blocks of 4,096 bytes, and what is left to the next power of two.</summary>
    public const uint SegmentBytes = 1 << 28;

    /// <summary>Copies at once over all initiators that are promised; they share the bandwidth of <see cref="CopyManager"/>.</summary>
    public const int ConcurrentCopies = 256;

    /// <summary>Block device range descriptors of POPULATE TOKEN and WRITE USING TOKEN.</summary>
    public const int RangeDescriptors = 64;

    /// <summary>What one token can stand for, and one WRITE USING TOKEN can write, in bytes.</summary>
    public const long TokenBytes = 1L << 40;

    /// <summary>Preferred amount of one WRITE USING TOKEN, in bytes.</summary>
    public const long OptimalTransferBytes = 1L << 28;

    /// <summary>Identification descriptor, SPC-4 section 6.4.5.4.</summary>
    public const byte CscdType = 0xe4;

    /// <summary>Block device to block device, SPC-4 section 6.4.6.5.</summary>
    public const byte SegmentType = 0x02;

    /// <summary>CSCD descriptor ID of the unit that the command was sent to, SPC-4 table 97.</summary>
    public const int ReceivingUnit = 0xf800;
}
