using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Numerics;
using System.Text;

namespace Futago.Testing.Iscsi;

/// <summary>
/// An initiator that does exactly what a test tells it, right or wrong: sends PDUs over a real socket and reads what comes back.
/// Keeps count of CmdSN and ExpStatSN unless the test interferes. A missing answer fails the test after a generous time.
/// </summary>
public sealed partial class ScriptedInitiator : IDisposable
{
    public const string DefaultName = "iqn.2026-01.example.test:initiator";
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly Socket _socket;

    public ScriptedInitiator(IPEndPoint portal)
    {
        _socket = new Socket(portal.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveTimeout = (int)_patience.TotalMilliseconds,
            SendTimeout = (int)_patience.TotalMilliseconds,
        };
        _socket.Connect(portal);
    }

    public string Name { get; set; } = DefaultName;

    public uint CmdSn { get; set; } = 1;

    public uint ExpStatSn { get; set; }

    /// <summary>ISID, 6 bytes.</summary>
    public byte[] Isid { get; set; } = [0x80, 0, 0, 1, 0, 0];

    public ushort Tsih { get; set; }

    public ushort Cid { get; set; }

    public bool HeaderDigest { get; set; }

    public bool DataDigest { get; set; }

    /// <summary>How much may arrive before it is taken, in bytes; the system doubles it.</summary>
    public int ReceiveBufferBytes
    {
        set => _socket.ReceiveBufferSize = value;
    }

    public void Send(WirePdu pdu) => _socket.Send(Encode(pdu));

    /// <summary>Sends several PDUs with one call, so that they arrive together.</summary>
    public void SendTogether(params IEnumerable<WirePdu> pdus) => _socket.Send([.. pdus.SelectMany(Encode)]);

    public void SendRaw(ReadOnlySpan<byte> bytes) => _socket.Send(bytes);

    /// <summary>Bytes of a PDU with lengths, padding and digests as they belong.</summary>
    public byte[] Encode(WirePdu pdu)
    {
        BinaryPrimitives.WriteUInt32BigEndian(pdu.Header.AsSpan(4), (uint)pdu.Header[4] << 24 | (uint)pdu.Data.Length);
        var result = new List<byte>(pdu.Header);
        if (HeaderDigest)
            result.AddRange(Digest(pdu.Header));
        if (pdu.Data.Length == 0)
            return [.. result];
        byte[] padded = [.. pdu.Data, .. new byte[-pdu.Data.Length & 3]];
        result.AddRange(padded);
        if (DataDigest)
            result.AddRange(Digest(padded));
        return [.. result];
    }

    /// <summary>Bytes that the target has sent and nobody has taken yet.</summary>
    public int Available => _socket.Available;

    public WirePdu Receive()
    {
        var header = ReceiveExactly(WirePdu.HeaderLength);
        if (HeaderDigest && !Digest(header).AsSpan().SequenceEqual(ReceiveExactly(4)))
            throw new InvalidDataException("header digest of the target is wrong");
        var length = (int)(BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4)) & 0xFFFFFF);
        var padded = ReceiveExactly(length + (-length & 3));
        if (DataDigest && length > 0 && !Digest(padded).AsSpan().SequenceEqual(ReceiveExactly(4)))
            throw new InvalidDataException("data digest of the target is wrong");
        var pdu = new WirePdu(header, padded[..length]);
        // Data-In without status, R2T and pings do not count.
        var carriesStatus = pdu.Opcode switch
        {
            0x25 => (pdu.Flags & 1) != 0,
            0x31 => false,
            0x20 => pdu.TaskTag != uint.MaxValue,
            _ => true,
        };
        if (carriesStatus)
            ExpStatSn = pdu.StatSn + 1;
        return pdu;
    }

    public WirePdu Expect(int opcode)
    {
        var pdu = Receive();
        return pdu.Opcode == opcode ? pdu : throw new InvalidDataException($"expected opcode 0x{opcode:X2}, got {pdu}");
    }

    /// <summary>True when the target has closed the connection; what it sent before is skipped.</summary>
    public bool IsClosedByTarget()
    {
        var buffer = new byte[4096];
        try
        {
            while (_socket.Receive(buffer) > 0)
            {
            }
            return true;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted;
        }
    }

    private byte[] ReceiveExactly(int length)
    {
        var buffer = new byte[length];
        for (var done = 0; done < length;)
        {
            var count = _socket.Receive(buffer, done, length - done, SocketFlags.None);
            if (count == 0)
                throw new EndOfStreamException("the target has closed the connection");
            done += count;
        }
        return buffer;
    }

    private static byte[] Digest(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
            crc = BitOperations.Crc32C(crc, b);
        return BitConverter.GetBytes(~crc);
    }

    public static byte[] Text(params IEnumerable<(string Key, string Value)> keys) =>
        [.. keys.SelectMany(k => Encoding.UTF8.GetBytes($"{k.Key}={k.Value}\0"))];

    public void Dispose() => _socket.Dispose();
}
