using System.Buffers.Binary;
using Futago.Scsi.Commands;
using Futago.Scsi.Sense;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.Copy;

/// <summary>What the parameter lists of POPULATE TOKEN and WRITE USING TOKEN have in common, SBC-3 sections 5.7.1 and 5.45.1.</summary>
internal static class TokenParameters
{
    /// <summary>Longer than the longest list that is not refused anyway.</summary>
    private const int MaximumLength = 8192;

    public static uint ListId(ScsiTask task) => BinaryPrimitives.ReadUInt32BigEndian(task.Cdb[6..]);

    public static int Accept(ScsiTask task, int headerLength)
    {
        var length = BinaryPrimitives.ReadUInt32BigEndian(task.Cdb[10..]);
        if (length > 0 && (length < headerLength || length > MaximumLength))
        {
            task.Check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
            return -1;
        }
        return BlockRange.CheckDataOut(task, length) ? (int)length : -1;
    }

    /// <returns>The list, or null with the outcome set: there is none, which is no error, or it is not as long as it says.</returns>
    public static byte[]? Take(ScsiTask task)
    {
        var length = (int)BinaryPrimitives.ReadUInt32BigEndian(task.Cdb[10..]);
        if (length == 0)
        {
            task.Good();
            return null;
        }
        if (!BlockRange.HasDataOut(task.Command, length))
        {
            task.Check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_COMMAND_INFORMATION_UNIT);
            return null;
        }
        var list = task.Command.DataOut!.Slice(0, length).ToArray();
        if (BinaryPrimitives.ReadUInt16BigEndian(list) + 2 <= length)
            return list;
        task.InvalidParameter(0);
        return null;
    }
}
