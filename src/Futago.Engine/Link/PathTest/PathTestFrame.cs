using System.Buffers.Binary;

namespace Futago.Engine.Link.PathTest;

/// <summary>
/// Header of a message of <c>futago-path/1</c>: what is asked for, and how many bytes follow (or are to follow). In network byte
/// order; docs/protocol/link.md.
/// </summary>
internal readonly record struct PathTestFrame(PathTestOperation Operation, int LengthBytes)
{
    public const string ProtocolName = "futago-path/1";
    public const int HeaderBytes = 8;

    /// <summary>An echo is one message of the data plane at most.</summary>
    public const int EchoBytesMaximum = 64 << 10;

    /// <summary>One piece of bulk data; the test as a whole is bounded by time.</summary>
    public const int BulkBytesMaximum = 16 << 20;

    /// <summary>First byte of the answering side.</summary>
    public const byte Ready = 1;

    /// <summary>Another path test is running; the connection is closed after it.</summary>
    public const byte Busy = 2;

    public void WriteTo(Span<byte> header)
    {
        header[..HeaderBytes].Clear();
        header[0] = (byte)Operation;
        BinaryPrimitives.WriteInt32BigEndian(header[4..], LengthBytes);
    }

    /// <summary>False for an operation that is not known, or a length outside its limit.</summary>
    public static bool TryRead(ReadOnlySpan<byte> header, out PathTestFrame frame)
    {
        frame = new PathTestFrame((PathTestOperation)header[0], BinaryPrimitives.ReadInt32BigEndian(header[4..]));
        return frame.Operation switch
        {
            PathTestOperation.Echo => frame.LengthBytes is >= 0 and <= EchoBytesMaximum,
            PathTestOperation.Take or PathTestOperation.Give => frame.LengthBytes is > 0 and <= BulkBytesMaximum,
            _ => false,
        };
    }
}
