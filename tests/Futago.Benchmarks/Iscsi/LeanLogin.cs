using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Futago.Benchmarks.Iscsi;

/// <summary>What a login agreed on, in bytes.</summary>
/// <param name="SegmentMax">MaxRecvDataSegmentLength of the target.</param>
internal sealed record Negotiated(int SegmentMax, int FirstBurst, bool InitialR2T, bool ImmediateData, bool Digests, uint ExpStatSn, uint MaxCmdSn);

/// <summary>A login without authentication (RFC 7143 section 6.3), with what a usual initiator offers.</summary>
internal static class LeanLogin
{
    private const int HeaderBytes = 48;
    private const int RoundsMax = 10;

    /// <exception cref="InvalidDataException">The target does not let the session in.</exception>
    public static (Socket Socket, Negotiated Agreed) Open(string portal, string target, string name, bool digests)
    {
        var digest = digests ? "CRC32C" : "None";
        var text = $"""
            InitiatorName={name}
            TargetName={target}
            SessionType=Normal
            HeaderDigest={digest}
            DataDigest={digest}
            InitialR2T=No
            ImmediateData=Yes
            MaxRecvDataSegmentLength=262144
            FirstBurstLength=262144
            MaxBurstLength=262144
            MaxOutstandingR2T=1
            MaxConnections=1
            ErrorRecoveryLevel=0
            DefaultTime2Wait=2
            DefaultTime2Retain=0
            DataPDUInOrder=Yes
            DataSequenceInOrder=Yes

            """.ReplaceLineEndings("\0");
        var address = IPEndPoint.Parse(portal);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 60_000, SendTimeout = 60_000 };
        try
        {
            socket.Connect(address);
            return (socket, Negotiate(socket, text, digests));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Negotiated Negotiate(Socket socket, string text, bool digests)
    {
        var answers = new Dictionary<string, string>();
        uint expStatSn = 0;
        for (var round = 0; round < RoundsMax; round++)
        {
            socket.Send(Request(round == 0 ? text : "", expStatSn));
            var header = ReceiveExactly(socket, HeaderBytes);
            var length = (int)(BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4)) & 0xFFFFFF);
            var data = ReceiveExactly(socket, (length + 3) & ~3);
            if (header[0] != 0x23 || header[36] != 0)
                throw new InvalidDataException($"The login was refused: class {header[36]}, detail {header[37]}.");
            foreach (var pair in Encoding.UTF8.GetString(data, 0, length).Split('\0', StringSplitOptions.RemoveEmptyEntries))
            {
                var parts = pair.Split('=', 2);
                answers[parts[0]] = parts[^1];
            }
            expStatSn = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(24)) + 1;
            // T with NSG 3: full feature phase.
            if ((header[1] & 0x83) == 0x83)
                return Agreed(answers, digests, expStatSn, BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(32)));
        }
        throw new InvalidDataException("The login does not come to an end.");
    }

    private static Negotiated Agreed(Dictionary<string, string> answers, bool digests, uint expStatSn, uint maxCmdSn)
    {
        if (digests && (answers.GetValueOrDefault("HeaderDigest") != "CRC32C" || answers.GetValueOrDefault("DataDigest") != "CRC32C"))
            throw new InvalidDataException("The target does not agree to both digests.");
        int Number(string key, int otherwise) => answers.TryGetValue(key, out var value) ? int.Parse(value, CultureInfo.InvariantCulture) : otherwise;
        // Without an answer the default of RFC 7143 section 13.12 holds for what a target declares.
        return new Negotiated(Math.Min(262144, Number("MaxRecvDataSegmentLength", 8192)), Number("FirstBurstLength", 65536),
            answers.GetValueOrDefault("InitialR2T", "Yes") == "Yes", answers.GetValueOrDefault("ImmediateData", "Yes") == "Yes", digests, expStatSn, maxCmdSn);
    }

    /// <summary>A Login Request of the operational stage that wants to leave it (RFC 7143 section 11.12).</summary>
    private static byte[] Request(string text, uint expStatSn)
    {
        var data = Encoding.UTF8.GetBytes(text);
        var pdu = new byte[HeaderBytes + ((data.Length + 3) & ~3)];
        pdu[0] = 0x43;
        pdu[1] = 0x87;
        BinaryPrimitives.WriteInt32BigEndian(pdu.AsSpan(4), data.Length);
        // ISID of a random kind, the same for all: the initiators differ by name.
        pdu[8] = 0x80;
        pdu[13] = 1;
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(24), 1);
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(28), expStatSn);
        data.CopyTo(pdu, HeaderBytes);
        return pdu;
    }

    private static byte[] ReceiveExactly(Socket socket, int length)
    {
        var buffer = new byte[length];
        for (int done = 0, count; done < length; done += count)
        {
            count = socket.Receive(buffer, done, length - done, SocketFlags.None);
            if (count == 0)
                throw new InvalidDataException("The target has closed the connection.");
        }
        return buffer;
    }
}
