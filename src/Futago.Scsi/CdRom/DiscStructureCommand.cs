using System.Buffers.Binary;
using Futago.Scsi.Sense;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.CdRom;

/// <summary>READ DISC STRUCTURE, MMC-5 section 6.22: of a disc that is shown as a DVD-ROM, the physical and copyright structures.</summary>
internal static class DiscStructureCommand
{
    private const int PhysicalBytes = 2048;

    /// <summary>PSN of the first sector of the data area of a DVD, ECMA-267 section 16.1.</summary>
    private const int FirstDataSector = 0x030000;

    public static void Run(ScsiTask task)
    {
        var cdb = task.Cdb;
        // MMC-5 section 6.22.2: MEDIA TYPE 0000b is DVD; a CD has no such structures.
        if ((cdb[1] & 0x0f) != 0)
        {
            task.InvalidField(1);
            return;
        }
        if (Disc.IsCd(task.Unit))
        {
            task.Check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.CANNOT_READ_MEDIUM_INCOMPATIBLE_FORMAT);
            return;
        }
        // One layer; the address means nothing in these formats.
        if (cdb[6] != 0)
        {
            task.InvalidField(6);
            return;
        }
        var data = cdb[7] switch
        {
            0x00 => Physical(task.Unit.BlockCount),
            // Copyright information: COPYRIGHT PROTECTION SYSTEM TYPE 00h, none; all regions.
            0x01 => new byte[8],
            _ => null,
        };
        if (data is null)
        {
            task.InvalidField(7);
            return;
        }
        BinaryPrimitives.WriteUInt16BigEndian(data, (ushort)(data.Length - 2));
        task.Reply(data, BinaryPrimitives.ReadUInt16BigEndian(cdb[8..]));
    }

    /// <summary>Physical format information, MMC-5 section 6.22.3.2: DVD-ROM, 120 mm, one layer with an embossed data area.</summary>
    private static byte[] Physical(ulong blocks)
    {
        var data = new byte[4 + PhysicalBytes];
        var layer = data.AsSpan(4);
        // DISK CATEGORY 0 (DVD-ROM), PART VERSION 1; DISC SIZE 0 (120 mm), MAXIMUM RATE 2 (10.08 Mbps); LAYER TYPE 1 (embossed).
        layer[0] = 0x01;
        layer[1] = 0x02;
        layer[2] = 0x01;
        BinaryPrimitives.WriteInt32BigEndian(layer[4..], FirstDataSector);
        // The field has three bytes: a larger image than any DVD ends at the last address that there is.
        BinaryPrimitives.WriteUInt32BigEndian(layer[8..], (uint)Math.Min(FirstDataSector + blocks - 1, 0xff_ffff));
        return data;
    }
}
