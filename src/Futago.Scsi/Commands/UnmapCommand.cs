using System.Buffers.Binary;
using Futago.Blocks;
using Futago.Scsi.Sense;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.Commands;

/// <summary>
/// UNMAP, SBC-3 section 5.27. The whole parameter list is checked before the first block is given back. Lengths are 64 bits
/// wide from the multiplication on: a descriptor may cover 16 TiB.
/// </summary>
internal static class UnmapCommand
{
    /// <summary>MAXIMUM UNMAP BLOCK DESCRIPTOR COUNT of VPD page B0h.</summary>
    public const int MaximumDescriptors = 256;

    private const int HeaderLength = 8;
    private const int DescriptorLength = 16;

    public static int Accept(ScsiTask task)
    {
        int length = BinaryPrimitives.ReadUInt16BigEndian(task.Cdb[7..]);
        task.Exclusive = true;
        task.Command.TransferLength = length;
        // SBC-3 section 5.27.1: no parameter list is not an error; one shorter than its header is.
        if (length is > 0 and < HeaderLength)
        {
            task.Check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
            return -1;
        }
        return BlockRange.CheckDataOut(task, length) ? length : -1;
    }

    /// <summary>The range from the first to the last block of the list is kept from others meanwhile.</summary>
    public static void Prepare(ScsiTask task)
    {
        int length = BinaryPrimitives.ReadUInt16BigEndian(task.Cdb[7..]);
        if (length == 0 || !BlockRange.HasDataOut(task.Command, length) || !TryParse(task, task.Command.DataOut!.Slice(0, length), out var ranges)
            || ranges.Count == 0)
        {
            return;
        }
        task.LockOffset = ranges.Min(range => range.Offset);
        task.LockLength = ranges.Max(range => range.Offset + range.Length) - task.LockOffset;
    }

    public static async Task RunAsync(ScsiTask task)
    {
        int length = BinaryPrimitives.ReadUInt16BigEndian(task.Cdb[7..]);
        if (length == 0)
        {
            task.Good();
            return;
        }
        if (!BlockRange.HasDataOut(task.Command, length))
        {
            task.Check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_COMMAND_INFORMATION_UNIT);
            return;
        }
        if (!TryParse(task, task.Command.DataOut!.Slice(0, length), out var ranges))
            return;
        // ANCHOR: the blocks keep their space and read as zeros.
        var anchor = (task.Cdb[1] & 1) != 0;
        var operation = anchor || task.Unit.Device.UnmapGranularityBytes == 0 ? BlockOperation.WriteZeroes : BlockOperation.Unmap;
        foreach (var (offset, count) in ranges)
        {
            if (!await MediumSteps.DeallocateAsync(task, operation, offset, count))
                return;
        }
        if (await MediumSteps.MakeDurableAsync(task))
            task.Good();
    }

    /// <summary>UNMAP parameter list, SBC-3 section 5.27.2.</summary>
    private static bool TryParse(ScsiTask task, ReadOnlySpan<byte> list, out List<(long Offset, long Length)> ranges)
    {
        ranges = [];
        int announced = BinaryPrimitives.ReadUInt16BigEndian(list[2..]);
        // A list that was cut short is not an error: whole descriptors count.
        var descriptors = Math.Min(announced, list.Length - HeaderLength) / DescriptorLength;
        if (descriptors > MaximumDescriptors)
        {
            task.InvalidParameter(2);
            return false;
        }
        var capacity = task.Unit.BlockCount;
        for (var i = 0; i < descriptors; i++)
        {
            var descriptor = list.Slice(HeaderLength + i * DescriptorLength, DescriptorLength);
            var lba = BinaryPrimitives.ReadUInt64BigEndian(descriptor);
            ulong count = BinaryPrimitives.ReadUInt32BigEndian(descriptor[8..]);
            if (lba > capacity || count > capacity - lba)
            {
                task.OutOfRange(Math.Max(lba, capacity));
                return false;
            }
            if (count > 0)
                ranges.Add(((long)lba * task.BlockSize, (long)count * task.BlockSize));
        }
        return true;
    }
}
