using System.Buffers.Binary;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.Logs;

/// <summary>LOG SENSE and LOG SELECT, SPC-4 sections 6.8 and 6.7.</summary>
internal static class LogCommands
{
    private const byte SaveParameters = 0x01;

    /// <summary>FORMAT AND LINKING 11b: a binary list; nothing of it is kept or compared with thresholds.</summary>
    private const byte BinaryList = 0x03;

    public static int AcceptSense(ScsiTask task)
    {
        var (code, subpage) = ((byte)(task.Cdb[2] & 0x3f), task.Cdb[3]);
        // Nothing is saved (SP), no page has subpages, and there are cumulative values (PC 01b) only.
        if ((task.Cdb[1] & SaveParameters) != 0)
            return Refuse(task, 1);
        if (task.Cdb[2] >> 6 != 1 || (code != LogPages.Supported && Find(task, code) is null))
            return Refuse(task, 2);
        return subpage != 0 ? Refuse(task, 3) : 0;
    }

    public static async Task RunSenseAsync(ScsiTask task)
    {
        var code = (byte)(task.Cdb[2] & 0x3f);
        var first = BinaryPrimitives.ReadUInt16BigEndian(task.Cdb[5..]);
        var allocationLength = BinaryPrimitives.ReadUInt16BigEndian(task.Cdb[7..]);
        if (code == LogPages.Supported)
        {
            Reply(task, code, [LogPages.Supported, .. LogPages.All.Where(page => page.Has(task.Unit)).Select(page => page.Code)], allocationLength);
            return;
        }
        var parameters = await Task.Run(() => Find(task, code)!.Read(task.Unit));
        // SPC-4 section 6.8: a parameter pointer beyond the last parameter is an error.
        if (first > 0 && parameters.All(parameter => parameter.Number < first))
        {
            task.InvalidField(5);
            return;
        }
        var body = new List<byte>();
        foreach (var (number, value) in parameters.Where(parameter => parameter.Number >= first))
            body.AddRange([(byte)(number >> 8), (byte)number, BinaryList, (byte)value.Length, .. value]);
        Reply(task, code, [.. body], allocationLength);
    }

    public static int AcceptSelect(ScsiTask task)
    {
        if ((task.Cdb[1] & SaveParameters) != 0)
            return Refuse(task, 1);
        // No parameter can be set; PCR without a list has nothing to reset, which is no error.
        return BinaryPrimitives.ReadUInt16BigEndian(task.Cdb[7..]) != 0 ? Refuse(task, 7) : 0;
    }

    private static LogPage? Find(ScsiTask task, byte code) => LogPages.All.FirstOrDefault(page => page.Code == code && page.Has(task.Unit));

    private static void Reply(ScsiTask task, byte code, byte[] body, int allocationLength)
    {
        var page = new byte[4 + body.Length];
        page[0] = code;
        BinaryPrimitives.WriteUInt16BigEndian(page.AsSpan(2), (ushort)body.Length);
        body.CopyTo(page, 4);
        task.Reply(page, allocationLength);
    }

    private static int Refuse(ScsiTask task, int at)
    {
        task.InvalidField(at);
        return -1;
    }
}
