using System.Buffers.Binary;
using Futago.Scsi.Commands;
using Futago.Scsi.Sense;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.Copy;

/// <summary>
/// EXTENDED COPY (LID1) and (LID4), SPC-4 sections 6.4 and 6.5: blocks from one logical unit of this node to another, or to another
/// place of the same one. The segments are processed in their order; the first that fails ends the command.
/// </summary>
internal static class ExtendedCopyCommand
{
    private const int LongListIdServiceAction = 1;

    public static int Accept(ScsiTask task)
    {
        var length = BinaryPrimitives.ReadUInt32BigEndian(task.Cdb[10..]);
        if (length > BlockRange.MaximumTransferBytes)
        {
            task.InvalidField(10);
            return -1;
        }
        return BlockRange.CheckDataOut(task, length) ? (int)length : -1;
    }

    public static async Task RunAsync(ScsiTask task)
    {
        var length = (int)BinaryPrimitives.ReadUInt32BigEndian(task.Cdb[10..]);
        // SPC-4 section 6.4.1: no parameter list is not an error.
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
        var serviceAction = task.Cdb[1] & 0x1f;
        if (ExtendedCopyList.Parse(task.Command.DataOut!.Slice(0, length), serviceAction == LongListIdServiceAction, out var problem) is not { } list)
        {
            CopyJob.Refuse(task, problem!);
            return;
        }
        await CopyJob.RunAsync(task, new CopyOperation(task.Unit, serviceAction), list.ListId, list.Immediate, job => CopyAsync(job, list));
    }

    private static async Task<CopyProblem?> CopyAsync(CopyJob job, ExtendedCopyList list)
    {
        var written = new HashSet<CopyUnit>();
        CopyProblem? problem = null;
        for (var i = 0; i < list.Segments.Count && problem is null; i++)
        {
            var segment = list.Segments[i];
            var source = Resolve(job, list, segment.Source, out problem);
            var destination = problem is null ? Resolve(job, list, segment.Destination, out problem) : null;
            if (problem is not null)
                break;
            problem = Measure(segment, source!, destination!, out var from, out var to)
                ?? RangeCopier.Admission(source!, destination!)
                ?? await job.Copier.CopyAsync(source!, from.Offset, destination!, to.Offset, from.Length);
            written.Add(destination!);
            job.Operation.SetProgress(job.Copier.Copied, problem is null ? i + 1 : i);
        }
        foreach (var destination in written)
            problem ??= await CopyJob.MakeDurableAsync(destination);
        return problem;
    }

    private static CopyUnit? Resolve(CopyJob job, ExtendedCopyList list, int id, out CopyProblem? problem)
    {
        problem = null;
        if (id == CopyLimits.ReceivingUnit)
            return job.Receiver;
        // A descriptor that is not there, and a unit that is not there, are the same to the initiator.
        var found = id < list.Cscds.Count ? job.Target.CopyManager.Find(job.Target, job.Nexus, list.Cscds[id].Designator) : null;
        if (found is null)
            problem = CopyProblem.Unreachable;
        else if (list.Cscds[id].BlockLength != found.Unit.Options.BlockSize)
            problem = new CopyProblem(SenseKey.COPY_ABORTED, AdditionalSense.INCORRECT_COPY_TARGET_DEVICE_TYPE);
        return found;
    }

    /// <summary>The byte ranges of a segment; both must lie within their media, and be whole blocks on both sides.</summary>
    private static CopyProblem? Measure(CopySegment segment, CopyUnit source, CopyUnit destination, out ByteRange from, out ByteRange to)
    {
        var (sourceSize, destinationSize) = (source.Unit.Options.BlockSize, destination.Unit.Options.BlockSize);
        var length = (long)segment.Blocks * (segment.CountsInDestination ? destinationSize : sourceSize);
        from = to = default;
        if (length % sourceSize != 0 || length % destinationSize != 0
            || !Fits(segment.SourceLba, length / sourceSize, source) || !Fits(segment.DestinationLba, length / destinationSize, destination))
        {
            return CopyProblem.Impossible;
        }
        from = new ByteRange((long)segment.SourceLba * sourceSize, length);
        to = new ByteRange((long)segment.DestinationLba * destinationSize, length);
        return null;
    }

    private static bool Fits(ulong lba, long blocks, CopyUnit unit) =>
        lba <= unit.Unit.BlockCount && (ulong)blocks <= unit.Unit.BlockCount - lba;
}
