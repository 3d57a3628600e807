using System.Buffers.Binary;

namespace Futago.Testing.Iscsi;

/// <summary>Requests in the form that RFC 7143 wants; tests bend them where they mean to.</summary>
public sealed partial class ScriptedInitiator
{
    /// <param name="flags">T, C, CSG, NSG.</param>
    public WirePdu LoginRequest(byte flags, params IEnumerable<(string Key, string Value)> keys) =>
        WirePdu.New(0x43, flags, 0x1000, Text(keys))
            .WithBytes(8, Isid).With16(14, Tsih).With16(20, Cid).With32(24, CmdSn).With32(28, ExpStatSn);

    public WirePdu Login(byte flags, params IEnumerable<(string Key, string Value)> keys)
    {
        Send(LoginRequest(flags, keys));
        return Expect(0x23);
    }

    /// <summary>One-step login without authentication; applies what was agreed about digests.</summary>
    public WirePdu LoginNormal(string target, params IEnumerable<(string Key, string Value)> keys)
    {
        // T, CSG=1, NSG=3
        var response = Login(0x87, [("InitiatorName", Name), ("SessionType", "Normal"), ("TargetName", target), .. keys]);
        if (response.LoginStatus == 0)
            Tsih = BinaryPrimitives.ReadUInt16BigEndian(response.Header.AsSpan(14));
        HeaderDigest = response.Key("HeaderDigest") == "CRC32C";
        DataDigest = response.Key("DataDigest") == "CRC32C";
        return response;
    }

    public WirePdu LoginDiscovery() => Login(0x87, ("InitiatorName", Name), ("SessionType", "Discovery"));

    /// <summary>A SCSI Command that takes the next CmdSN.</summary>
    /// <param name="flags">F 0x80, R 0x40, W 0x20, attributes.</param>
    public WirePdu Command(uint tag, byte flags, uint expected, byte[] cdb, byte[]? immediate = null) =>
        WirePdu.New(0x01, flags, tag, immediate)
            .With32(20, expected).With32(24, CmdSn++).With32(28, ExpStatSn).WithBytes(32, cdb);

    public WirePdu Read(uint tag, uint lba, ushort blocks, uint? expected = null) =>
        Command(tag, 0xC1, expected ?? blocks * 512u, Cdb10(0x28, lba, blocks));

    public WirePdu Write(uint tag, uint lba, ushort blocks, byte[]? immediate = null, bool final = true, uint? expected = null) =>
        Command(tag, (byte)(final ? 0xA1 : 0x21), expected ?? blocks * 512u, Cdb10(0x2A, lba, blocks), immediate);

    public WirePdu TestUnitReady(uint tag) => Command(tag, 0x81, 0, new byte[16]);

    public WirePdu DataOut(uint tag, uint transferTag, uint dataSn, uint offset, byte[] data, bool final) =>
        WirePdu.New(0x05, (byte)(final ? 0x80 : 0), tag, data)
            .With32(20, transferTag).With32(28, ExpStatSn).With32(36, dataSn).With32(40, offset);

    public WirePdu NopOut(uint tag, byte[]? data = null) =>
        WirePdu.New(0x00, 0x80, tag, data).With32(20, uint.MaxValue).With32(24, CmdSn++).With32(28, ExpStatSn);

    public WirePdu TextRequest(uint tag, params IEnumerable<(string Key, string Value)> keys) =>
        WirePdu.New(0x04, 0x80, tag, Text(keys)).With32(20, uint.MaxValue).With32(24, CmdSn++).With32(28, ExpStatSn);

    public WirePdu TaskManagement(uint tag, byte function, uint referencedTag = uint.MaxValue, uint refCmdSn = 0) =>
        WirePdu.New(0x42, (byte)(0x80 | function), tag)
            .With32(20, referencedTag).With32(24, CmdSn).With32(28, ExpStatSn).With32(32, refCmdSn);

    public WirePdu Logout(uint tag, byte reason = 0, ushort cid = 0) =>
        WirePdu.New(0x46, (byte)(0x80 | reason), tag).With16(20, cid).With32(24, CmdSn).With32(28, ExpStatSn);

    public static byte[] Cdb10(byte opcode, uint lba, ushort blocks)
    {
        var cdb = new byte[16];
        cdb[0] = opcode;
        BinaryPrimitives.WriteUInt32BigEndian(cdb.AsSpan(2), lba);
        BinaryPrimitives.WriteUInt16BigEndian(cdb.AsSpan(7), blocks);
        return cdb;
    }

    /// <summary>Reads to the end of a task: the data of all its Data-In PDUs and the PDU with the status.</summary>
    public (byte[] Data, WirePdu Last) Collect(uint tag)
    {
        var data = new List<byte>();
        while (true)
        {
            var pdu = Receive();
            if (pdu.TaskTag != tag)
                throw new InvalidDataException($"answer for another task: {pdu}");
            if (pdu.Opcode == 0x21)
                return ([.. data], pdu);
            if (pdu.Opcode != 0x25 || pdu.U32(40) != data.Count)
                throw new InvalidDataException($"unexpected {pdu}");
            data.AddRange(pdu.Data);
            if ((pdu.Flags & 1) != 0)
                return ([.. data], pdu);
        }
    }

    /// <summary>Answers R2Ts until the task ends; Data-Out PDUs of at most <paramref name="segment"/> bytes.</summary>
    public WirePdu ServeR2ts(uint tag, byte[] content, int segment)
    {
        while (true)
        {
            var pdu = Receive();
            if (pdu.TaskTag != tag)
                throw new InvalidDataException($"answer for another task: {pdu}");
            if (pdu.Opcode != 0x31)
                return pdu;
            SendBurst(tag, pdu.TransferTag, pdu.U32(40), content.AsSpan((int)pdu.U32(40), (int)pdu.U32(44)), segment);
        }
    }

    public void SendBurst(uint tag, uint transferTag, uint offset, ReadOnlySpan<byte> content, int segment)
    {
        uint dataSn = 0;
        for (var done = 0; done < content.Length; done += segment)
        {
            var part = content.Slice(done, Math.Min(segment, content.Length - done)).ToArray();
            Send(DataOut(tag, transferTag, dataSn++, offset + (uint)done, part, done + part.Length == content.Length));
        }
    }
}
