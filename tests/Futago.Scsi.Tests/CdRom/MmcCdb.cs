using System.Buffers.Binary;
using Futago.Scsi.Tests.Scripted;

namespace Futago.Scsi.Tests.CdRom;

/// <summary>Builds CDBs of MMC-5, field by field.</summary>
internal static class MmcCdb
{
    public static byte[] ReadToc(byte format = 0, byte track = 0, bool msf = false, ushort allocation = 1024, byte control = 0)
    {
        var cdb = Cdb.Ten(0x43, (byte)(msf ? 2 : 0), 0, allocation);
        (cdb[2], cdb[6], cdb[9]) = (format, track, control);
        return cdb;
    }

    public static byte[] GetConfiguration(byte request = 0, ushort feature = 0, ushort allocation = 1024)
    {
        var cdb = Cdb.Ten(0x46, request, 0, allocation);
        BinaryPrimitives.WriteUInt16BigEndian(cdb.AsSpan(2), feature);
        return cdb;
    }

    public static byte[] EventStatus(byte classes, bool polled = true, ushort allocation = 1024)
    {
        var cdb = Cdb.Ten(0x4a, (byte)(polled ? 1 : 0), 0, allocation);
        cdb[4] = classes;
        return cdb;
    }

    public static byte[] DiscInformation(byte type = 0) => Cdb.Ten(0x51, type, 0, 1024);

    public static byte[] TrackInformation(byte addressType, uint address) => Cdb.Ten(0x52, addressType, address, 1024);

    public static byte[] DiscStructure(byte format, byte media = 0, byte layer = 0)
    {
        var cdb = Cdb.Twelve(0xad, media, 0, 0);
        (cdb[6], cdb[7], cdb[8], cdb[9]) = (layer, format, 0x10, 0);
        return cdb;
    }

    public static byte[] MechanismStatus()
    {
        var cdb = Cdb.Twelve(0xbd, 0, 0, 0);
        cdb[9] = 64;
        return cdb;
    }

    public static byte[] ReadCd(uint lba, int blocks, byte selection = 0x10, byte sectorType = 0, byte subChannel = 0)
    {
        var cdb = Cdb.Twelve(0xbe, (byte)(sectorType << 2), lba, 0);
        (cdb[6], cdb[7], cdb[8]) = ((byte)(blocks >> 16), (byte)(blocks >> 8), (byte)blocks);
        (cdb[9], cdb[10]) = (selection, subChannel);
        return cdb;
    }

    public static byte[] ReadCdMsf(byte[] start, byte[] end)
    {
        var cdb = Cdb.Twelve(0xb9, 0, 0, 0);
        start.CopyTo(cdb, 3);
        end.CopyTo(cdb, 6);
        cdb[9] = 0x10;
        return cdb;
    }
}
