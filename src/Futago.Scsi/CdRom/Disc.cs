using System.Buffers.Binary;
using Futago.Scsi.LogicalUnits;

namespace Futago.Scsi.CdRom;

/// <summary>What an image looks like as a disc: one session with one data track (Mode 1) from LBA 0 to the end.</summary>
public static class Disc
{
    /// <summary>User data of a sector, MMC-5 section 4.2.3.</summary>
    public const int BlockBytes = 2048;

    /// <summary>Volume descriptors begin at sector 16, ECMA-119 section 6.2.1, ECMA-167 part 2 section 8.2; less than that is no disc.</summary>
    public const int BytesMinimum = 16 * BlockBytes;

    /// <summary>Every address of the disc fits in 32 bits, the lead-out included.</summary>
    public const long BytesMaximum = (long)int.MaxValue * BlockBytes;

    internal const int SectorsPerSecond = 75;
    internal const int SecondsPerMinute = 60;

    /// <summary>MMC-5 section 4.2.3.8: LBA 0 is at 00:02:00.</summary>
    internal const int FirstMsfSector = 2 * SectorsPerSecond;

    /// <summary>ADR 1 (position), CONTROL 0100b: data track, recorded uninterrupted, MMC-5 section 4.2.3.5.</summary>
    internal const byte DataTrack = 0x14;

    /// <summary>
    /// The lead-out of a CD has an address up to 99:59:74. What is larger is shown as a DVD, which has no such addresses.
    /// </summary>
    private const int CdBlocksMaximum = (99 * SecondsPerMinute + 59) * SectorsPerSecond + 74 - FirstMsfSector;

    internal static bool IsCd(LogicalUnit unit) => unit.BlockCount <= CdBlocksMaximum;

    /// <summary>Address field of 4 bytes: an LBA, or reserved, minute, second, frame.</summary>
    internal static void WriteAddress(Span<byte> field, uint lba, bool msf)
    {
        if (!msf)
        {
            BinaryPrimitives.WriteUInt32BigEndian(field, lba);
            return;
        }
        field[0] = 0;
        WriteMsf(field[1..], lba);
    }

    /// <summary>Minute, second and frame, binary; beyond 255:59:74 they stay there.</summary>
    internal static void WriteMsf(Span<byte> field, uint lba)
    {
        const ulong Last = (255ul * SecondsPerMinute + 59) * SectorsPerSecond + 74;
        var sector = Math.Min((ulong)lba + FirstMsfSector, Last);
        field[0] = (byte)(sector / (SecondsPerMinute * SectorsPerSecond));
        field[1] = (byte)(sector / SectorsPerSecond % SecondsPerMinute);
        field[2] = (byte)(sector % SectorsPerSecond);
    }
}
