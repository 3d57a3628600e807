using System.Buffers.Binary;
using Futago.Scsi.LogicalUnits;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.CdRom;

/// <summary>READ TOC/PMA/ATIP, MMC-5 section 6.26: one session, one data track, and the lead-out.</summary>
internal static class ReadTocCommand
{
    private const int HeaderBytes = 4;
    private const byte FirstTrack = 1;
    private const byte LeadOut = 0xaa;

    public static void Run(ScsiTask task)
    {
        var cdb = task.Cdb;
        var msf = (cdb[1] & 0x02) != 0;
        // Until MMC-2 the format was in the two high bits of the control byte; Linux still asks that way.
        var format = (cdb[2] & 0x0f) == 0 ? cdb[9] >> 6 : cdb[2] & 0x0f;
        // MMC-5 section 6.26.3: formats 0 and 1 are for every disc, 2 for CDs. There are no PMA, ATIP and CD-TEXT.
        var data = format switch
        {
            0 => Tracks(task.Unit, cdb[6], msf),
            1 => Session(msf),
            2 when Disc.IsCd(task.Unit) => Full(task.Unit, cdb[6]),
            _ => null,
        };
        if (data is not null)
            task.Reply(data, BinaryPrimitives.ReadUInt16BigEndian(cdb[7..]));
        else if (format <= 2 && (format < 2 || Disc.IsCd(task.Unit)))
            task.InvalidField(6);
        else
            task.InvalidField(2);
    }

    /// <summary>Format 0000b, MMC-5 section 6.26.3.2: track descriptors from the one that the CDB names.</summary>
    private static byte[]? Tracks(LogicalUnit unit, byte from, bool msf)
    {
        // A starting track that does not exist is an invalid field; AAh is the lead-out alone.
        if (from is > FirstTrack and not LeadOut)
            return null;
        var data = new byte[HeaderBytes + (from == LeadOut ? 8 : 16)];
        WriteHeader(data);
        if (from != LeadOut)
            WriteTrack(data.AsSpan(HeaderBytes), FirstTrack, 0, msf);
        WriteTrack(data.AsSpan(data.Length - 8), LeadOut, (uint)unit.BlockCount, msf);
        return data;
    }

    /// <summary>Format 0001b, MMC-5 section 6.26.3.3: the first track of the last session.</summary>
    private static byte[] Session(bool msf)
    {
        var data = new byte[HeaderBytes + 8];
        WriteHeader(data);
        WriteTrack(data.AsSpan(HeaderBytes), FirstTrack, 0, msf);
        return data;
    }

    /// <summary>Format 0010b, MMC-5 section 6.26.3.4: the lead-in's entries of one session, addresses always as MSF.</summary>
    private static byte[]? Full(LogicalUnit unit, byte session)
    {
        if (session > 1)
            return null;
        const int EntryBytes = 11;
        var data = new byte[HeaderBytes + 4 * EntryBytes];
        WriteHeader(data);
        // POINT A0h: number of the first track and type of the disc (00h, data); A1h: number of the last one; A2h: the lead-out.
        WriteEntry(data.AsSpan(HeaderBytes), 0xa0)[0] = FirstTrack;
        WriteEntry(data.AsSpan(HeaderBytes + EntryBytes), 0xa1)[0] = FirstTrack;
        Disc.WriteMsf(WriteEntry(data.AsSpan(HeaderBytes + 2 * EntryBytes), 0xa2), (uint)unit.BlockCount);
        Disc.WriteMsf(WriteEntry(data.AsSpan(HeaderBytes + 3 * EntryBytes), FirstTrack), 0);
        return data;
    }

    private static void WriteHeader(Span<byte> data)
    {
        BinaryPrimitives.WriteUInt16BigEndian(data, (ushort)(data.Length - 2));
        data[2] = FirstTrack;
        data[3] = FirstTrack;
    }

    private static void WriteTrack(Span<byte> descriptor, byte number, uint lba, bool msf)
    {
        descriptor[1] = Disc.DataTrack;
        descriptor[2] = number;
        Disc.WriteAddress(descriptor[4..], lba, msf);
    }

    /// <returns>PMIN, PSEC and PFRAME.</returns>
    private static Span<byte> WriteEntry(Span<byte> entry, byte point)
    {
        entry[0] = 1;
        entry[1] = Disc.DataTrack;
        entry[3] = point;
        return entry.Slice(8, 3);
    }
}
