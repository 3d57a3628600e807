using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Futago.Iscsi.Observation;

/// <summary>
/// Blocks of a pcapng file (draft-ietf-opsawg-pcapng) into a growing buffer. PDUs are written as "upper PDUs" (link type 252): each
/// says that it is iSCSI and between which addresses it went, without made-up TCP segments around it; docs/protocol/capture.md.
/// All numbers of pcapng here are little-endian, the tags of upper PDUs big-endian.
/// </summary>
internal sealed class PcapngWriter
{
    private const uint SectionHeader = 0x0A0D0D0A;
    private const uint InterfaceDescription = 1;
    private const uint EnhancedPacket = 6;
    private const uint ByteOrderMagic = 0x1A2B3C4D;
    private const ushort UpperPdu = 252;

    private const ushort TagEnd = 0;
    private const ushort TagDissector = 12;
    private const ushort TagIpv4Source = 20;
    private const ushort TagIpv6Source = 22;
    private const ushort TagPortType = 24;
    private const ushort TagSourcePort = 25;
    private const ushort TagDestinationPort = 26;
    private const int PortTypeTcp = 2;

    private readonly ArrayBufferWriter<byte> _file = new(4096);

    public PcapngWriter(string comment)
    {
        var text = Encoding.UTF8.GetBytes(comment);
        var section = new byte[16 + Option(text.Length) + 4];
        BinaryPrimitives.WriteUInt32LittleEndian(section, ByteOrderMagic);
        section[4] = 1; // version 1.0
        BinaryPrimitives.WriteInt64LittleEndian(section.AsSpan(8), -1); // length of the section: not said
        WriteOption(section.AsSpan(16), 1, text); // opt_comment, then opt_endofopt
        Block(SectionHeader, section);
        var description = new byte[8 + Option(1) + 4];
        BinaryPrimitives.WriteUInt16LittleEndian(description, UpperPdu);
        WriteOption(description.AsSpan(8), 9, [9]); // if_tsresol: nanoseconds; no limit of length (snaplen 0)
        Block(InterfaceDescription, description);
    }

    public long Length => _file.WrittenCount;

    /// <summary>Bytes that a packet takes at most beside what is kept of the PDU.</summary>
    public const int PacketOverhead = 32 + 96 + 4;

    /// <param name="tags">From <see cref="TagsFor"/>.</param>
    /// <param name="header">BHS and AHS.</param>
    /// <param name="data">What is kept of the data segment.</param>
    /// <param name="pduBytes">Length of the whole PDU.</param>
    public void Packet(DateTimeOffset at, ReadOnlySpan<byte> tags, ReadOnlySpan<byte> header, ReadOnlySpan<byte> data, int pduBytes)
    {
        var kept = tags.Length + header.Length + data.Length;
        Span<byte> fixedPart = stackalloc byte[20];
        var nanoseconds = (ulong)(at - DateTimeOffset.UnixEpoch).Ticks * 100;
        BinaryPrimitives.WriteUInt32LittleEndian(fixedPart, 0); // interface
        BinaryPrimitives.WriteUInt32LittleEndian(fixedPart[4..], (uint)(nanoseconds >> 32));
        BinaryPrimitives.WriteUInt32LittleEndian(fixedPart[8..], (uint)nanoseconds);
        BinaryPrimitives.WriteUInt32LittleEndian(fixedPart[12..], (uint)kept);
        BinaryPrimitives.WriteUInt32LittleEndian(fixedPart[16..], (uint)(tags.Length + pduBytes));
        var padding = -kept & 3;
        Begin(EnhancedPacket, fixedPart.Length + kept + padding, out var total);
        _file.Write(fixedPart);
        _file.Write(tags);
        _file.Write(header);
        _file.Write(data);
        Span<byte> zeros = stackalloc byte[4];
        zeros.Clear();
        _file.Write(zeros[..padding]);
        End(total);
    }

    public byte[] ToArray() => _file.WrittenSpan.ToArray();

    /// <summary>Who sent a PDU to whom, and that it is iSCSI.</summary>
    public static byte[] TagsFor(IPEndPoint source, IPEndPoint destination)
    {
        var tags = new ArrayBufferWriter<byte>();
        Tag(tags, TagDissector, "iscsi\0\0\0"u8);
        Address(tags, source.Address, 0);
        Address(tags, destination.Address, 1);
        Number(tags, TagPortType, PortTypeTcp);
        Number(tags, TagSourcePort, source.Port);
        Number(tags, TagDestinationPort, destination.Port);
        Tag(tags, TagEnd, []);
        return tags.WrittenSpan.ToArray();
    }

    private static void Address(ArrayBufferWriter<byte> tags, IPAddress address, int destination)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        var tag = address.AddressFamily == AddressFamily.InterNetwork ? TagIpv4Source : TagIpv6Source;
        Tag(tags, (ushort)(tag + destination), address.GetAddressBytes());
    }

    private static void Number(ArrayBufferWriter<byte> tags, ushort tag, int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        Tag(tags, tag, bytes);
    }

    private static void Tag(ArrayBufferWriter<byte> tags, ushort tag, ReadOnlySpan<byte> value)
    {
        Span<byte> head = stackalloc byte[4];
        BinaryPrimitives.WriteUInt16BigEndian(head, tag);
        BinaryPrimitives.WriteUInt16BigEndian(head[2..], (ushort)value.Length);
        tags.Write(head);
        tags.Write(value);
    }

    private static int Option(int length) => 4 + length + (-length & 3);

    private static void WriteOption(Span<byte> target, ushort code, ReadOnlySpan<byte> value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(target, code);
        BinaryPrimitives.WriteUInt16LittleEndian(target[2..], (ushort)value.Length);
        value.CopyTo(target[4..]);
    }

    private void Block(uint type, ReadOnlySpan<byte> body)
    {
        Begin(type, body.Length, out var total);
        _file.Write(body);
        End(total);
    }

    private void Begin(uint type, int bodyLength, out uint total)
    {
        total = (uint)(12 + bodyLength);
        Span<byte> head = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(head, type);
        BinaryPrimitives.WriteUInt32LittleEndian(head[4..], total);
        _file.Write(head);
    }

    private void End(uint total)
    {
        Span<byte> tail = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(tail, total);
        _file.Write(tail);
    }
}
