using System.Buffers.Binary;
using Futago.Scsi.LogicalUnits;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.CdRom;

/// <summary>GET CONFIGURATION, MMC-5 section 6.6: what the drive can do, and what of it with the disc that is in it.</summary>
internal static class GetConfigurationCommand
{
    private const ushort NoProfile = 0x0000;
    private const ushort CdRomProfile = 0x0008;
    private const ushort DvdRomProfile = 0x0010;

    /// <summary>REQUESTED TYPE, MMC-5 section 6.6.2.1.</summary>
    private enum Request
    {
        All = 0,
        Current = 1,
        One = 2,
    }

    public static void Run(ScsiTask task)
    {
        var request = (Request)(task.Cdb[1] & 3);
        // MMC-5 section 6.6.2.1: 11b is reserved.
        if (request > Request.One)
        {
            task.InvalidField(1);
            return;
        }
        var first = BinaryPrimitives.ReadUInt16BigEndian(task.Cdb[2..]);
        var profile = ProfileOf(task.Unit);
        var data = new List<byte>(128) { 0, 0, 0, 0, 0, 0, (byte)(profile >> 8), (byte)profile };
        foreach (var feature in Features(profile))
        {
            if (request switch
            {
                Request.All => feature.Code >= first,
                Request.Current => feature.Code >= first && feature.Current,
                _ => feature.Code == first,
            })
            {
                feature.AppendTo(data);
            }
        }
        var reply = data.ToArray();
        // MMC-5 section 6.6.3: DATA LENGTH counts what follows itself.
        BinaryPrimitives.WriteUInt32BigEndian(reply, (uint)(reply.Length - 4));
        task.Reply(reply, BinaryPrimitives.ReadUInt16BigEndian(task.Cdb[7..]));
    }

    private static ushort ProfileOf(LogicalUnit unit) => unit.NoMedium is not null ? NoProfile : Disc.IsCd(unit) ? CdRomProfile : DvdRomProfile;

    /// <summary>Feature descriptors in ascending order, MMC-5 section 5.3.</summary>
    private static IEnumerable<DriveFeature> Features(ushort profile)
    {
        var (cd, dvd) = (profile == CdRomProfile, profile == DvdRomProfile);
        return
        [
            // Profile list: highest capability first, each with CurrentP.
            new(0x0000, 0, true, true, [0, (byte)DvdRomProfile, (byte)(dvd ? 1 : 0), 0, 0, (byte)CdRomProfile, (byte)(cd ? 1 : 0), 0]),
            // Core: PHYSICAL INTERFACE STANDARD 1, the SCSI family; no INQ2, no device busy events.
            new(0x0001, 2, true, true, [0, 0, 0, 1, 0, 0, 0, 0]),
            // Morphing: OCEvent, operational changes are told by GET EVENT STATUS NOTIFICATION; no ASYNC.
            new(0x0002, 1, true, true, [0x02, 0, 0, 0]),
            // Removable medium: a tray (001b) that can be loaded, ejected and locked.
            new(0x0003, 1, true, true, [0x20 | 0x10 | 0x08 | 0x01, 0, 0, 0]),
            // Random readable: LOGICAL BLOCK SIZE, BLOCKING, PP (mode page 01h is there).
            new(0x0010, 0, false, cd || dvd, [0, 0, Disc.BlockBytes >> 8, 0, 0, (byte)(dvd ? 16 : 1), 0x01, 0]),
            // Multi-read: CD media of every kind.
            new(0x001d, 0, false, cd, []),
            // CD read: no C2 flags, no CD-TEXT.
            new(0x001e, 2, false, cd, [0, 0, 0, 0]),
            new(0x001f, 1, false, dvd, [0, 0, 0, 0]),
            // Power management: START STOP UNIT and mode page 1Ah.
            new(0x0100, 0, true, true, []),
            // Timeout: mode page 1Dh; no group 3.
            new(0x0105, 1, true, true, [0, 0, 0, 0]),
        ];
    }

    /// <summary>Feature descriptor, MMC-5 section 5.2.2.</summary>
    private sealed record DriveFeature(ushort Code, byte Version, bool Persistent, bool Current, byte[] Data)
    {
        public void AppendTo(List<byte> data)
        {
            data.AddRange([(byte)(Code >> 8), (byte)Code, (byte)(Version << 2 | (Persistent ? 2 : 0) | (Current ? 1 : 0)), (byte)Data.Length]);
            data.AddRange(Data);
        }
    }
}
