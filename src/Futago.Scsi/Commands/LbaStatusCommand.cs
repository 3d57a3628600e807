using System.Buffers.Binary;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.Commands;

/// <summary>GET LBA STATUS, SBC-3 section 5.4. Looks into the allocation of the file, which may wait for the medium: runs aside.</summary>
internal static class LbaStatusCommand
{
    private const int HeaderLength = 8;
    private const int DescriptorLength = 16;
    private const int MaximumDescriptors = 64;
    private const byte Mapped = 0;
    private const byte Deallocated = 1;

    public static int Accept(ScsiTask task)
    {
        task.FirstLba = BinaryPrimitives.ReadUInt64BigEndian(task.Cdb[2..]);
        if (task.FirstLba < task.Unit.BlockCount)
            return 0;
        task.OutOfRange(task.FirstLba);
        return -1;
    }

    public static async Task RunAsync(ScsiTask task)
    {
        var allocationLength = BinaryPrimitives.ReadUInt32BigEndian(task.Cdb[10..]);
        var room = (int)Math.Clamp(((long)allocationLength - HeaderLength) / DescriptorLength, 1, MaximumDescriptors);
        var data = await Task.Run(() => Describe(task, room));
        task.Reply(data, allocationLength);
    }

    private static byte[] Describe(ScsiTask task, int room)
    {
        var extents = new List<(ulong Lba, ulong Count, byte Status)>();
        var (lba, capacity) = (task.FirstLba, task.Unit.BlockCount);
        while (lba < capacity && extents.Count <= room && !task.IsAborted)
        {
            var (count, status) = ExtentAt(task, lba, capacity);
            if (extents.Count > 0 && extents[^1].Status == status)
                extents[^1] = extents[^1] with { Count = extents[^1].Count + count };
            else
                extents.Add((lba, count, status));
            lba += count;
        }
        var descriptors = Math.Min(extents.Count, room);
        var data = new byte[HeaderLength + descriptors * DescriptorLength];
        BinaryPrimitives.WriteUInt32BigEndian(data, (uint)(data.Length - 4));
        for (var i = 0; i < descriptors; i++)
        {
            var descriptor = data.AsSpan(HeaderLength + i * DescriptorLength);
            BinaryPrimitives.WriteUInt64BigEndian(descriptor, extents[i].Lba);
            BinaryPrimitives.WriteUInt32BigEndian(descriptor[8..], (uint)Math.Min(extents[i].Count, uint.MaxValue));
            descriptor[12] = extents[i].Status;
            // The number of blocks was capped: what follows would leave a gap, so the list ends here.
            if (extents[i].Count > uint.MaxValue)
            {
                var length = HeaderLength + (i + 1) * DescriptorLength;
                BinaryPrimitives.WriteUInt32BigEndian(data, (uint)(length - 4));
                return data[..length];
            }
        }
        return data;
    }

    private static (ulong Count, byte Status) ExtentAt(ScsiTask task, ulong lba, ulong capacity)
    {
        // Without logical block provisioning every block is mapped, SBC-3 section 4.7.2.
        if (!task.Unit.Options.Thin)
            return (capacity - lba, Mapped);
        var size = (ulong)task.BlockSize;
        var bytes = (ulong)task.Unit.Device.GetAllocation((long)(lba * size), out var allocated);
        // A block counts as deallocated only when all of it is; a mapped range takes the block that it ends in.
        var count = allocated ? (bytes + size - 1) / size : bytes / size;
        return count == 0 ? (1, Mapped) : (Math.Min(count, capacity - lba), allocated ? Mapped : Deallocated);
    }
}
