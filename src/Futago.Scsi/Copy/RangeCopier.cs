using Futago.Blocks;
using Futago.Scsi.Commands;
using Futago.Scsi.Sense;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.Copy;

/// <summary>
/// Copies ranges from unit to unit, piece by piece; each piece holds both its ranges. Where source and destination may share
/// space it is shared, which takes milliseconds for gigabytes; else the data is read and written.
/// </summary>
/// <param name="tag">Tag of the command, so that ABORT TASK reaches the copy's holds too.</param>
/// <param name="isCancelled">Looked at between pieces.</param>
internal sealed class RangeCopier(CopyManager manager, uint tag, Func<bool> isCancelled)
{
    /// <summary>Data is moved in pieces of this size, in bytes: writes to the range wait for one of them.</summary>
    private const int MovedPieceBytes = 4 << 20;

    /// <summary>Space is shared in pieces of this size, in bytes.</summary>
    private const long SharedPieceBytes = 256L << 20;

    public uint Tag => tag;

    public bool IsCancelled => isCancelled();

    /// <summary>Bytes that have got to their destination, over all ranges.</summary>
    public long Copied { get; private set; }

    /// <param name="check">Says before each piece, while its ranges are held, why the copy may not go on; null when it may.</param>
    /// <returns>Null when all of the range has been copied.</returns>
    public async Task<CopyProblem?> CopyAsync(CopyUnit source, long sourceOffset, CopyUnit destination, long offset, long length, Func<CopyProblem?>? check = null)
    {
        var shared = SharedPart(source, sourceOffset, destination, offset, length);
        // Overlapping ranges of one unit: from the end, lest the source be overwritten before it is read.
        if (source.Unit == destination.Unit && sourceOffset < offset && offset < sourceOffset + length)
            return await CopyBackwardsAsync(source, sourceOffset, destination, offset, length, check);
        for (long done = 0; done < length;)
        {
            var inShared = done >= shared.Offset && done < shared.End;
            var count = inShared ? Math.Min(shared.End - done, SharedPieceBytes)
                : Math.Min((done < shared.Offset ? shared.Offset : length) - done, MovedPieceBytes);
            if (await CopyPieceAsync(source, sourceOffset + done, destination, offset + done, count, inShared, check) is { } problem)
                return problem;
            done += count;
        }
        return null;
    }

    private async Task<CopyProblem?> CopyBackwardsAsync(CopyUnit source, long sourceOffset, CopyUnit destination, long offset, long length, Func<CopyProblem?>? check)
    {
        for (var left = length; left > 0;)
        {
            var count = Math.Min(left, MovedPieceBytes);
            left -= count;
            if (await CopyPieceAsync(source, sourceOffset + left, destination, offset + left, count, share: false, check) is { } problem)
                return problem;
        }
        return null;
    }

    /// <summary>
    /// What of the range can be shared, relative to its start. Thick units share nothing: each of their blocks has its space for
    /// itself, so that no overwrite can ever run out of it.
    /// </summary>
    private static ByteRange SharedPart(CopyUnit source, long sourceOffset, CopyUnit destination, long offset, long length)
    {
        if (!source.Unit.Options.Thin || !destination.Unit.Options.Thin
            || (source.Unit.Device as ICloneRange)?.CloneableFile is not { } from
            || (destination.Unit.Device as ICloneRange)?.CloneableFile is not { } to || !to.MayShareWith(from))
        {
            return default;
        }
        long granularity = Math.Max(from.GranularityBytes, to.GranularityBytes);
        if ((sourceOffset - offset) % granularity != 0)
            return default;
        var head = (granularity - offset % granularity) % granularity;
        return head >= length ? default : new ByteRange(head, (length - head) / granularity * granularity);
    }

    private async Task<CopyProblem?> CopyPieceAsync(
        CopyUnit source, long sourceOffset, CopyUnit destination, long offset, long length, bool share, Func<CopyProblem?>? check)
    {
        await manager.Pieces.WaitAsync();
        try
        {
            if (isCancelled())
                return CopyProblem.Cancelled;
            var holds = await HoldAsync(source, new ByteRange(sourceOffset, length), destination, new ByteRange(offset, length));
            if (holds is null)
                return isCancelled() ? CopyProblem.Cancelled : CopyProblem.NotReachableNow;
            try
            {
                if ((check?.Invoke() ?? Admission(source, destination)) is { } problem)
                    return problem;
                var failure = share ? await ShareAsync(source, sourceOffset, destination, offset, length, holds)
                    : await MoveAsync(source, sourceOffset, destination, offset, length, holds);
                if (failure is null)
                    Copied += length;
                return failure;
            }
            finally
            {
                foreach (var hold in holds)
                    hold.Leave();
            }
        }
        finally
        {
            manager.Pieces.Release();
        }
    }

    /// <summary>Looked at for every piece: who was preempted in the middle of a copy must not write any more.</summary>
    public static CopyProblem? Admission(CopyUnit source, CopyUnit destination)
    {
        if (source.Unit.Reservations.Conflicts(source.Nexus, ReservationAccess.Read)
            || destination.Unit.Reservations.Conflicts(destination.Nexus, ReservationAccess.Write)
            || destination.Unit.IsWriteProtected)
        {
            return CopyProblem.DeviceFailure;
        }
        return source.Unit.IsEjected || destination.Unit.IsEjected || source.Unit.Sanitize.IsBlocked || destination.Unit.Sanitize.IsBlocked
            ? CopyProblem.NotReachableNow : null;
    }

    private async Task<RangeHold[]?> HoldAsync(CopyUnit source, ByteRange read, CopyUnit destination, ByteRange write)
    {
        if (source.Unit == destination.Unit)
            return await RangeHold.EnterAsync(destination.Target, destination.Unit, destination.Nexus, tag, write, read) is { } both ? [both] : null;
        var sourceFirst = source.Unit.Order < destination.Unit.Order;
        var first = await (sourceFirst ? HoldSourceAsync() : HoldDestinationAsync());
        if (first is null)
            return null;
        var second = await (sourceFirst ? HoldDestinationAsync() : HoldSourceAsync());
        if (second is not null)
            return [first, second];
        first.Leave();
        return null;

        Task<RangeHold?> HoldSourceAsync() => RangeHold.EnterAsync(source.Target, source.Unit, source.Nexus, tag, default, read);
        Task<RangeHold?> HoldDestinationAsync() => RangeHold.EnterAsync(destination.Target, destination.Unit, destination.Nexus, tag, write, default);
    }

    private async Task<CopyProblem?> ShareAsync(
        CopyUnit source, long sourceOffset, CopyUnit destination, long offset, long length, RangeHold[] holds)
    {
        var from = ((ICloneRange)source.Unit.Device).CloneableFile!;
        var status = await destination.Unit.Device.CloneAsync(offset, length, from, sourceOffset);
        return status == BlockStatus.NotSupported
            ? await MoveAsync(source, sourceOffset, destination, offset, length, holds)
            : Problem(status);
    }

    private async Task<CopyProblem?> MoveAsync(
        CopyUnit source, long sourceOffset, CopyUnit destination, long offset, long length, RangeHold[] holds)
    {
        var scratch = destination.Target.Scratch;
        var buffer = scratch.TryRent((int)Math.Min(length, MovedPieceBytes));
        if (buffer is null)
            return CopyProblem.NoMemory;
        try
        {
            for (long done = 0; done < length; done += MovedPieceBytes)
            {
                if (isCancelled() || holds.Any(hold => hold.IsAborted))
                    return CopyProblem.Cancelled;
                var count = Math.Min(length - done, MovedPieceBytes);
                var status = await source.Unit.Device.RunAsync(BlockOperation.Read, sourceOffset + done, count, buffer);
                if (status == BlockStatus.Ok)
                    status = await destination.Unit.Device.RunAsync(BlockOperation.Write, offset + done, count, buffer);
                if (status != BlockStatus.Ok)
                    return Problem(status);
            }
            return null;
        }
        finally
        {
            scratch.Return(buffer);
        }
    }

    public static CopyProblem? Problem(BlockStatus status) => status switch
    {
        BlockStatus.Ok => null,
        // The same answer as a write's: hypervisors wait for space instead of giving up.
        BlockStatus.NoSpace => new CopyProblem(SenseKey.DATA_PROTECT, AdditionalSense.SPACE_ALLOCATION_FAILED_WRITE_PROTECT),
        BlockStatus.Offline => CopyProblem.NotReachableNow,
        _ => CopyProblem.DeviceFailure,
    };
}
