using System.Buffers.Binary;
using Futago.Testing.Fuzz;

namespace Futago.Scsi.Tests.Fuzz;

/// <summary>Parameter lists that mean something, for the commands that take one; the fuzzer damages them afterwards.</summary>
internal sealed class ParameterLists(Random random, IReadOnlyList<string> scsiIds, int blocks)
{
    private readonly List<byte[]> _tokens = [];

    /// <summary>A ROD token that the target gave; later ones are used and damaged too.</summary>
    public void Learn(byte[] token)
    {
        if (_tokens.Count < 64)
            _tokens.Add(token);
    }

    public byte[] ReserveOut()
    {
        var list = new byte[24];
        BinaryPrimitives.WriteUInt64BigEndian(list, (ulong)random.Next(4));
        BinaryPrimitives.WriteUInt64BigEndian(list.AsSpan(8), (ulong)random.Next(4));
        list[20] = (byte)random.Next(16);
        if (random.Next(3) != 0)
            return list;
        // SPEC_I_PT, or REGISTER AND MOVE: a TransportID of the iSCSI kind behind a length.
        var name = System.Text.Encoding.ASCII.GetBytes($"iqn.2026-01.test:{(char)('a' + random.Next(3))},i,0x800000000001\0");
        Array.Resize(ref name, (name.Length + 3) / 4 * 4);
        byte[] transportId = [0x45, 0, 0, (byte)name.Length, .. name];
        byte[] ids = [0, 0, 0, (byte)transportId.Length, .. transportId];
        return [.. list, .. ids];
    }

    public byte[] Unmap()
    {
        var count = random.Next(5);
        var list = new byte[8 + count * 16];
        BinaryPrimitives.WriteUInt16BigEndian(list, (ushort)(list.Length - 2));
        BinaryPrimitives.WriteUInt16BigEndian(list.AsSpan(2), (ushort)(count * 16));
        for (var i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(list.AsSpan(8 + i * 16), (ulong)random.Next(blocks));
            BinaryPrimitives.WriteUInt32BigEndian(list.AsSpan(16 + i * 16), (uint)random.Next(64));
        }
        return list;
    }

    public byte[] ExtendedCopy(bool lid4)
    {
        var (cscds, segments) = (random.Next(1, 3), random.Next(1, 3));
        var header = lid4 ? 48 : 16;
        var list = new byte[header + cscds * 32 + segments * 28];
        var span = list.AsSpan();
        if (lid4)
        {
            list[0] = 0x01;
            BinaryPrimitives.WriteUInt16BigEndian(span[2..], 0x20);
            BinaryPrimitives.WriteUInt16BigEndian(span[42..], (ushort)(cscds * 32));
            BinaryPrimitives.WriteUInt16BigEndian(span[44..], (ushort)(segments * 28));
        }
        else
        {
            list[0] = (byte)random.Next(4);
            BinaryPrimitives.WriteUInt16BigEndian(span[2..], (ushort)(cscds * 32));
            BinaryPrimitives.WriteInt32BigEndian(span[8..], segments * 28);
        }
        for (var i = 0; i < cscds; i++)
            Identification(span.Slice(header + i * 32, 32));
        for (var i = 0; i < segments; i++)
            Segment(span.Slice(header + cscds * 32 + i * 28, 28), cscds);
        return list;
    }

    public byte[] PopulateToken()
    {
        var count = random.Next(1, 4);
        var list = new byte[16 + count * 16];
        BinaryPrimitives.WriteUInt16BigEndian(list, (ushort)(list.Length - 2));
        BinaryPrimitives.WriteUInt16BigEndian(list.AsSpan(14), (ushort)(count * 16));
        Ranges(list.AsSpan(16), count);
        return list;
    }

    public byte[] WriteUsingToken()
    {
        var count = random.Next(1, 3);
        var list = new byte[536 + count * 16];
        BinaryPrimitives.WriteUInt16BigEndian(list, (ushort)(list.Length - 2));
        BinaryPrimitives.WriteUInt64BigEndian(list.AsSpan(8), (ulong)random.Next(8));
        if (_tokens.Count > 0)
            _tokens[random.Next(_tokens.Count)].CopyTo(list, 16);
        BinaryPrimitives.WriteUInt16BigEndian(list.AsSpan(534), (ushort)(count * 16));
        Ranges(list.AsSpan(536), count);
        return list;
    }

    public byte[] ModeSelect(bool ten)
    {
        byte[] control = [0x0a, 0x0a, (byte)(0x02 | (random.Next(2) * 4)), 0, 0, 0x40, 0, 0, 0, 0, 0, 0];
        byte[] provisioning = [0x5c, 0x02, 0, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x01, 0, 0, 0, 0, 0, (byte)random.Next(256)];
        byte[] descriptor = random.Next(2) == 0 ? [] : [0, 0, 0, 0, 0, 0, 2, 0];
        byte[] header = ten ? [0, 0, 0, 0, 0, 0, 0, (byte)descriptor.Length] : [0, 0, 0, (byte)descriptor.Length];
        return [.. header, .. descriptor, .. random.Next(2) == 0 ? control : provisioning];
    }

    public byte[] Sanitize() => [(byte)random.Next(1, 3), 0, 0, 4, .. Mutation.Random(4, random)];

    private void Identification(Span<byte> descriptor)
    {
        var id = Convert.FromHexString(scsiIds[random.Next(scsiIds.Count)]);
        descriptor[0] = 0xe4;
        descriptor[4] = 1;
        descriptor[5] = 3;
        descriptor[7] = (byte)id.Length;
        id.CopyTo(descriptor[8..]);
        BinaryPrimitives.WriteInt32BigEndian(descriptor[28..], 512);
    }

    private void Segment(Span<byte> descriptor, int cscds)
    {
        descriptor[0] = 0x02;
        BinaryPrimitives.WriteUInt16BigEndian(descriptor[2..], 0x18);
        BinaryPrimitives.WriteUInt16BigEndian(descriptor[4..], (ushort)random.Next(cscds));
        BinaryPrimitives.WriteUInt16BigEndian(descriptor[6..], (ushort)random.Next(cscds));
        BinaryPrimitives.WriteUInt16BigEndian(descriptor[10..], (ushort)random.Next(32));
        BinaryPrimitives.WriteUInt64BigEndian(descriptor[12..], (ulong)random.Next(blocks));
        BinaryPrimitives.WriteUInt64BigEndian(descriptor[20..], (ulong)random.Next(blocks));
    }

    private void Ranges(Span<byte> list, int count)
    {
        for (var i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(list[(i * 16)..], (ulong)random.Next(blocks));
            BinaryPrimitives.WriteUInt32BigEndian(list[(i * 16 + 8)..], (uint)random.Next(32));
        }
    }
}
