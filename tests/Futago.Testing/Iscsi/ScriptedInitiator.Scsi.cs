using System.Buffers.Binary;

namespace Futago.Testing.Iscsi;

/// <summary>Whole SCSI commands, one at a time: request, answer, nothing in between.</summary>
public sealed partial class ScriptedInitiator
{
    private const int UnitAttention = 6;

    private uint _lastTag = 0x10000;

    /// <summary>Sends a command with all its data as immediate data and waits for its end.</summary>
    /// <param name="cdb">6 to 16 bytes.</param>
    /// <param name="dataIn">Bytes to make room for.</param>
    public ScsiAnswer Execute(byte lun, byte[] cdb, int dataIn = 0, byte[]? dataOut = null)
    {
        var tag = ++_lastTag;
        var padded = new byte[16];
        cdb.CopyTo(padded, 0);
        var flags = (byte)(0x81 | (dataIn > 0 ? 0x40 : 0) | (dataOut is null ? 0 : 0x20));
        Send(Command(tag, flags, (uint)(dataOut?.Length ?? dataIn), padded, dataOut).WithBytes(8, [0, lun]));
        var (data, last) = Collect(tag);
        var hasSense = last.Opcode == 0x21 && last.Data.Length >= 2 + 18;
        return new ScsiAnswer(last.Status, data, hasSense ? last.Data[2 + 2] & 0x0F : 0, hasSense ? last.AdditionalSense : 0);
    }

    /// <summary>TEST UNIT READY until no unit attention is left.</summary>
    /// <returns>ASC and ASCQ of those that there were.</returns>
    public IReadOnlyList<int> TakeAttentions(byte lun)
    {
        var taken = new List<int>();
        while (Execute(lun, new byte[6]) is { SenseKey: UnitAttention } answer)
            taken.Add(answer.AdditionalSense);
        return taken;
    }

    /// <summary>PERSISTENT RESERVE OUT with the parameter list of SPC-4 section 6.16.3.</summary>
    public ScsiAnswer ReserveOut(byte lun, byte action, ulong key, ulong actionKey, byte type = 0, bool persist = false)
    {
        var list = new byte[24];
        BinaryPrimitives.WriteUInt64BigEndian(list, key);
        BinaryPrimitives.WriteUInt64BigEndian(list.AsSpan(8), actionKey);
        list[20] = (byte)(persist ? 1 : 0);
        return Execute(lun, [0x5F, action, type, 0, 0, 0, 0, 0, 24, 0], dataOut: list);
    }

    /// <summary>PERSISTENT RESERVE IN, READ KEYS.</summary>
    public (uint Generation, ulong[] Keys) ReadKeys(byte lun)
    {
        var data = Execute(lun, [0x5E, 0, 0, 0, 0, 0, 0, 1, 0, 0], 256).Data;
        var keys = Enumerable.Range(0, (data.Length - 8) / 8).Select(i => BinaryPrimitives.ReadUInt64BigEndian(data.AsSpan(8 + (i * 8))));
        return (BinaryPrimitives.ReadUInt32BigEndian(data), [.. keys]);
    }

    /// <summary>INQUIRY; with a page, of vital product data.</summary>
    public byte[] Inquire(byte lun, byte? page = null) =>
        Execute(lun, [0x12, (byte)(page is null ? 0 : 1), page ?? 0, 4, 0, 0], 1024).Data;

    /// <summary>READ CAPACITY (16): number of blocks times their length.</summary>
    public long ReadCapacityBytes(byte lun)
    {
        var data = Execute(lun, [0x9E, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 32, 0, 0], 32).Data;
        return (BinaryPrimitives.ReadInt64BigEndian(data) + 1) * BinaryPrimitives.ReadInt32BigEndian(data.AsSpan(8));
    }
}
