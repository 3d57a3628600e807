using System.Buffers.Binary;
using System.Text;

namespace Futago.Scsi.Reservations;

/// <summary>TransportID of an iSCSI initiator port, SPC-4 section 7.6.4.6, format 01b: name, separator and ISID.</summary>
internal static class TransportId
{
    private const byte PortNameFormat = 0x40;
    private const byte Iscsi = 0x05;
    private const int HeaderLength = 4;
    private const int MaximumNameLength = 223 + 17;

    public static byte[] Write(string initiatorPort)
    {
        var name = Encoding.UTF8.GetBytes(initiatorPort);
        var length = Math.Max((name.Length / 4 + 1) * 4, 20);
        var data = new byte[HeaderLength + length];
        data[0] = PortNameFormat | Iscsi;
        data[2] = (byte)(length >> 8);
        data[3] = (byte)length;
        name.CopyTo(data, HeaderLength);
        return data;
    }

    /// <summary>The list behind SPEC_I_PT, SPC-4 section 6.16.3: its length in bytes, then TransportIDs.</summary>
    /// <returns>Initiator ports, or null when one of them is none, comes twice, or the lengths do not fit.</returns>
    public static IReadOnlyList<string>? TryReadList(ReadOnlySpan<byte> data)
    {
        if (data.Length < 4 || BinaryPrimitives.ReadUInt32BigEndian(data) != (uint)(data.Length - 4))
            return null;
        var ports = new List<string>();
        for (var rest = data[4..]; !rest.IsEmpty;)
        {
            if (TryRead(rest) is not { } port || ports.Contains(port))
                return null;
            ports.Add(port);
            rest = rest[(HeaderLength + (rest[2] << 8 | rest[3]))..];
        }
        return ports;
    }

    /// <returns>The initiator port, or null when this is no TransportID of one.</returns>
    public static string? TryRead(ReadOnlySpan<byte> data)
    {
        if (data.Length < HeaderLength || data[0] != (PortNameFormat | Iscsi))
            return null;
        var length = data[2] << 8 | data[3];
        if (length > data.Length - HeaderLength || length % 4 != 0)
            return null;
        var name = data.Slice(HeaderLength, length);
        var end = name.IndexOf((byte)0);
        if (end is <= 0 or > MaximumNameLength)
            return null;
        // ISIDs are compared as text, and the transport writes names in lower case.
        var text = Encoding.UTF8.GetString(name[..end]).ToLowerInvariant();
        return text.Contains(",i,0x", StringComparison.Ordinal) ? text : null;
    }
}
