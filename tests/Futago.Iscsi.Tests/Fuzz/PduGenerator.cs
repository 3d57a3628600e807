using System.Buffers.Binary;
using Futago.Testing.Fuzz;
using Futago.Testing.Iscsi;

namespace Futago.Iscsi.Tests.Fuzz;

/// <summary>
/// PDUs of a session that means well, damaged here and there: numbers that are off by one, tags of other tasks, lengths that do not
/// fit, bits that are reserved.
/// </summary>
internal sealed class PduGenerator(Random random, IReadOnlyList<byte[]> corpus)
{
    private uint _tag;

    public byte[] Next(ScriptedInitiator initiator)
    {
        if (corpus.Count > 0 && random.Next(40) == 0)
            return corpus[random.Next(corpus.Count)];
        var pdu = Sample(initiator);
        if (random.Next(4) == 0)
            Mutation.Apply(pdu.Header, random);
        var bytes = initiator.Encode(pdu);
        switch (random.Next(60))
        {
            case 0:
                // Lengths that the encoding has put right are wrong again.
                Mutation.Apply(bytes.AsSpan(4, 4), random);
                break;
            case 1:
                return bytes[..random.Next(bytes.Length)];
            case 2:
                Mutation.Apply(bytes, random);
                break;
        }
        return bytes;
    }

    private WirePdu Sample(ScriptedInitiator initiator)
    {
        var tag = ++_tag;
        switch (random.Next(12))
        {
            case 0 or 1:
                return Lun(initiator.Read(tag, (uint)random.Next(2200), (ushort)random.Next(300), random.Next(3) == 0 ? (uint)random.Next(200_000) : null));
            case 2:
                return Lun(initiator.Write(tag, (uint)random.Next(2000), (ushort)random.Next(64), Mutation.Random(random.Next(8) * 512, random), random.Next(2) == 0));
            case 3:
                // Big enough for R2Ts, of which the tags are then guessed.
                return Lun(initiator.Write(tag, (uint)random.Next(1000), (ushort)random.Next(600, 1000)));
            case 4:
                return initiator.DataOut(Near(tag), uint.MaxValue, (uint)random.Next(3), (uint)(random.Next(16) * 512), Mutation.Random(random.Next(4096), random), random.Next(2) == 0);
            case 5:
                var transferTag = (uint)(random.Next(64) << 20 | random.Next(5) << 16 | random.Next(130));
                return initiator.DataOut(Near(tag), transferTag, (uint)random.Next(3), (uint)(random.Next(700) * 512), Mutation.Random(random.Next(8192), random), random.Next(2) == 0);
            case 6:
                return initiator.NopOut(random.Next(4) == 0 ? uint.MaxValue : tag, Mutation.Random(random.Next(200), random));
            case 7:
                return initiator.TextRequest(tag, ("SendTargets", "All"), ("MaxRecvDataSegmentLength", random.Next(1 << 25).ToString(System.Globalization.CultureInfo.InvariantCulture)));
            case 8:
                return initiator.TaskManagement(tag, (byte)random.Next(1, 7), Near(tag), initiator.CmdSn - 1 - (uint)random.Next(3));
            case 9 when random.Next(8) == 0:
                return initiator.Logout(tag, (byte)random.Next(4), (ushort)random.Next(2));
            case 10 when random.Next(8) == 0:
                return initiator.LoginRequest((byte)random.Next(256), ("InitiatorName", initiator.Name));
            case 11:
                return WirePdu.New(random.Next(64), (byte)random.Next(256), tag, Mutation.Random(random.Next(64), random));
            default:
                return Lun(initiator.Command(tag, (byte)(0x80 | random.Next(128)), (uint)random.Next(100_000), Mutation.Random(16, random)));
        }
    }

    private uint Near(uint tag) => tag - (uint)random.Next(6);

    private WirePdu Lun(WirePdu pdu)
    {
        if (random.Next(4) == 0)
            BinaryPrimitives.WriteUInt16BigEndian(pdu.Header.AsSpan(8), (ushort)random.Next(3));
        return pdu;
    }
}
