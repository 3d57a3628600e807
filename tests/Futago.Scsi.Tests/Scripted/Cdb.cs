using System.Buffers.Binary;

namespace Futago.Scsi.Tests.Scripted;

/// <summary>Builds CDBs, field by field in the order of the standard.</summary>
internal static class Cdb
{
    public static byte[] TestUnitReady() => new byte[6];

    public static byte[] RequestSense(bool descriptor = false) => [0x03, (byte)(descriptor ? 1 : 0), 0, 0, 252, 0];

    public static byte[] Inquiry(byte? page = null, ushort allocation = 255) =>
        [0x12, (byte)(page is null ? 0 : 1), page ?? 0, (byte)(allocation >> 8), (byte)allocation, 0];

    public static byte[] ReportLuns(byte select = 0, uint allocation = 4096) => Twelve(0xa0, 0, (uint)select << 24, allocation);

    public static byte[] ReadCapacity10() => Ten(0x25, 0, 0, 0);

    public static byte[] ReadCapacity16(uint allocation = 32) => Sixteen(0x9e, 0x10, 0, allocation);

    public static byte[] LbaStatus(ulong lba, uint allocation = 1024) => Sixteen(0x9e, 0x12, lba, allocation);

    public static byte[] Read6(uint lba, byte count) => [0x08, (byte)(lba >> 16), (byte)(lba >> 8), (byte)lba, count, 0];

    public static byte[] Write6(uint lba, byte count) => [0x0a, (byte)(lba >> 16), (byte)(lba >> 8), (byte)lba, count, 0];

    public static byte[] Ten(byte code, byte flags, uint lba, ushort count)
    {
        var cdb = new byte[10];
        cdb[0] = code;
        cdb[1] = flags;
        BinaryPrimitives.WriteUInt32BigEndian(cdb.AsSpan(2), lba);
        BinaryPrimitives.WriteUInt16BigEndian(cdb.AsSpan(7), count);
        return cdb;
    }

    public static byte[] Twelve(byte code, byte flags, uint lba, uint count)
    {
        var cdb = new byte[12];
        cdb[0] = code;
        cdb[1] = flags;
        BinaryPrimitives.WriteUInt32BigEndian(cdb.AsSpan(2), lba);
        BinaryPrimitives.WriteUInt32BigEndian(cdb.AsSpan(6), count);
        return cdb;
    }

    public static byte[] Sixteen(byte code, byte flags, ulong lba, uint count)
    {
        var cdb = new byte[16];
        cdb[0] = code;
        cdb[1] = flags;
        BinaryPrimitives.WriteUInt64BigEndian(cdb.AsSpan(2), lba);
        BinaryPrimitives.WriteUInt32BigEndian(cdb.AsSpan(10), count);
        return cdb;
    }

    public static byte[] Read10(uint lba, ushort count) => Ten(0x28, 0, lba, count);

    public static byte[] Read16(ulong lba, uint count) => Sixteen(0x88, 0, lba, count);

    public static byte[] Write10(uint lba, ushort count, byte flags = 0) => Ten(0x2a, flags, lba, count);

    public static byte[] Write16(ulong lba, uint count, byte flags = 0) => Sixteen(0x8a, flags, lba, count);

    public static byte[] WriteSame16(ulong lba, uint count, byte flags = 0) => Sixteen(0x93, flags, lba, count);

    public static byte[] CompareAndWrite(ulong lba, byte count)
    {
        var cdb = Sixteen(0x89, 0, lba, 0);
        cdb[13] = count;
        return cdb;
    }

    public static byte[] Unmap(ushort length, byte flags = 0) => Ten(0x42, flags, 0, length);

    public static byte[] ModeSense6(byte page, byte control = 0, byte allocation = 255) =>
        [0x1a, 0, (byte)((control << 6) | page), 0, allocation, 0];

    public static byte[] ModeSelect6(byte length) => [0x15, 0x10, 0, 0, length, 0];

    public static byte[] Maintenance(byte serviceAction, byte options, byte code = 0, ushort action = 0, uint allocation = 8192)
    {
        var cdb = Twelve(0xa3, serviceAction, 0, allocation);
        cdb[2] = options;
        cdb[3] = code;
        BinaryPrimitives.WriteUInt16BigEndian(cdb.AsSpan(4), action);
        return cdb;
    }

    public static byte[] StartStop(byte flags) => [0x1b, 0, 0, 0, flags, 0];

    public static byte[] Prevent(bool prevent) => [0x1e, 0, 0, 0, (byte)(prevent ? 1 : 0), 0];

    public static byte[] Reserve6() => [0x16, 0, 0, 0, 0, 0];

    public static byte[] Release6() => [0x17, 0, 0, 0, 0, 0];

    public static byte[] PersistentIn(byte serviceAction, ushort allocation = 4096) =>
        [0x5e, serviceAction, 0, 0, 0, 0, 0, (byte)(allocation >> 8), (byte)allocation, 0];

    public static byte[] PersistentOut(byte serviceAction, byte scopeAndType = 0, byte length = 24) =>
        [0x5f, serviceAction, scopeAndType, 0, 0, 0, 0, 0, length, 0];

    /// <summary>Parameter list of PERSISTENT RESERVE OUT.</summary>
    public static byte[] PersistentList(ulong key, ulong actionKey, byte flags = 0)
    {
        var list = new byte[24];
        BinaryPrimitives.WriteUInt64BigEndian(list, key);
        BinaryPrimitives.WriteUInt64BigEndian(list.AsSpan(8), actionKey);
        list[20] = flags;
        return list;
    }

    /// <summary>UNMAP parameter list.</summary>
    public static byte[] UnmapList(params (ulong Lba, uint Count)[] ranges)
    {
        var list = new byte[8 + ranges.Length * 16];
        BinaryPrimitives.WriteUInt16BigEndian(list, (ushort)(list.Length - 2));
        BinaryPrimitives.WriteUInt16BigEndian(list.AsSpan(2), (ushort)(ranges.Length * 16));
        for (var i = 0; i < ranges.Length; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(list.AsSpan(8 + i * 16), ranges[i].Lba);
            BinaryPrimitives.WriteUInt32BigEndian(list.AsSpan(16 + i * 16), ranges[i].Count);
        }
        return list;
    }
}
