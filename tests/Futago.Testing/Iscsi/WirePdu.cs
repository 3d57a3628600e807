using System.Buffers.Binary;
using System.Text;

namespace Futago.Testing.Iscsi;

/// <summary>A PDU as bytes, for tests that speak the wire format themselves: numbers and offsets are RFC 7143's.</summary>
public sealed class WirePdu(byte[] header, byte[] data)
{
    public const int HeaderLength = 48;

    public byte[] Header { get; } = header;

    public byte[] Data { get; } = data;

    public int Opcode => Header[0] & 0x3F;

    public byte Flags => Header[1];

    public byte Status => Header[3];

    public uint TaskTag => U32(16);

    public uint TransferTag => U32(20);

    public uint StatSn => U32(24);

    public uint ExpCmdSn => U32(28);

    public uint MaxCmdSn => U32(32);

    public int LoginStatus => BinaryPrimitives.ReadUInt16BigEndian(Header.AsSpan(36));

    /// <summary>ASC and ASCQ of fixed-format sense behind the two length bytes of a SCSI Response.</summary>
    public int AdditionalSense => BinaryPrimitives.ReadUInt16BigEndian(Data.AsSpan(2 + 12));

    public uint U32(int offset) => BinaryPrimitives.ReadUInt32BigEndian(Header.AsSpan(offset));

    /// <summary>Text of a Login or Text Response.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Keys =>
    [
        .. Encoding.UTF8.GetString(Data).Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2))
            .Select(pair => new KeyValuePair<string, string>(pair[0], pair[1])),
    ];

    public string? Key(string name) => Keys.Where(k => k.Key == name).Select(k => k.Value).SingleOrDefault();

    public override string ToString() => $"opcode 0x{Opcode:X2} flags 0x{Flags:X2} status {Status} task {TaskTag:X} data {Data.Length}";

    /// <summary>A header with opcode, flags and task tag; the rest is zero.</summary>
    public static WirePdu New(int opcode, byte flags, uint taskTag, byte[]? data = null)
    {
        var header = new byte[HeaderLength];
        header[0] = (byte)opcode;
        header[1] = flags;
        var pdu = new WirePdu(header, data ?? []);
        return pdu.With32(16, taskTag);
    }

    public WirePdu With8(int offset, byte value)
    {
        Header[offset] = value;
        return this;
    }

    public WirePdu With16(int offset, ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(Header.AsSpan(offset), value);
        return this;
    }

    public WirePdu With32(int offset, uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(Header.AsSpan(offset), value);
        return this;
    }

    public WirePdu WithBytes(int offset, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Header.AsSpan(offset));
        return this;
    }
}
