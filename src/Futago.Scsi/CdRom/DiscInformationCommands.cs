using System.Buffers.Binary;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.CdRom;

/// <summary>READ DISC INFORMATION and READ TRACK INFORMATION, MMC-5 sections 6.21 and 6.27: a finished disc with one track.</summary>
internal static class DiscInformationCommands
{
    public static void Disc(ScsiTask task)
    {
        // MMC-5 section 6.21.2: only the standard disc information (000b); the others are of recordable media.
        if ((task.Cdb[1] & 7) != 0)
        {
            task.InvalidField(1);
            return;
        }
        var data = new byte[34];
        BinaryPrimitives.WriteUInt16BigEndian(data, (ushort)(data.Length - 2));
        // Not erasable; STATE OF LAST SESSION 11b, complete; DISC STATUS 10b, finalized.
        data[2] = 0x0e;
        // First track; sessions; first and last track of the last session.
        data[3] = data[4] = data[5] = data[6] = 1;
        // URU: not only for a restricted use. DISC TYPE 00h, CD-DA or CD-ROM.
        data[7] = 0x20;
        // LAST SESSION LEAD-IN START and LAST POSSIBLE LEAD-OUT START: nothing can follow on a finished disc.
        data.AsSpan(16, 8).Fill(0xff);
        task.Reply(data, BinaryPrimitives.ReadUInt16BigEndian(task.Cdb[7..]));
    }

    public static void Track(ScsiTask task)
    {
        var cdb = task.Cdb;
        var address = BinaryPrimitives.ReadUInt32BigEndian(cdb[2..]);
        // MMC-5 section 6.27.2: by LBA, by track number, by session number.
        switch (cdb[1] & 3)
        {
            case 0 when address >= task.Unit.BlockCount:
                task.OutOfRange(address);
                return;
            case 0:
            case 1 or 2 when address == 1:
                break;
            case 1 or 2:
                task.InvalidField(2);
                return;
            default:
                task.InvalidField(1);
                return;
        }
        var data = new byte[36];
        BinaryPrimitives.WriteUInt16BigEndian(data, (ushort)(data.Length - 2));
        // Track and session; TRACK MODE 4, a data track recorded uninterrupted; DATA MODE 1.
        data[2] = data[3] = 1;
        data[5] = 4;
        data[6] = 1;
        // TRACK START ADDRESS is 0; there is no next writable address, and nothing is free.
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(24), (uint)task.Unit.BlockCount);
        task.Reply(data, BinaryPrimitives.ReadUInt16BigEndian(cdb[7..]));
    }
}
