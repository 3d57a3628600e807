using System.Buffers.Binary;
using Futago.Blocks;
using Futago.Scsi.Commands;
using Futago.Scsi.Sense;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.Copy;

/// <summary>WRITE USING TOKEN, SBC-3 section 5.45: what a token stands for, or zeros, to ranges of this unit.</summary>
internal static class WriteUsingTokenCommand
{
    public const int ServiceAction = 0x11;

    private const int HeaderLength = 536;
    private const int RangesLengthAt = 534;
    private const int TokenAt = 16;
    private const byte DeleteToken = 0x02;
    private const byte Immediate = 0x01;

    public static int Accept(ScsiTask task) => TokenParameters.Accept(task, HeaderLength);

    public static async Task RunAsync(ScsiTask task)
    {
        if (TokenParameters.Take(task) is not { } list)
            return;
        if (TokenRanges.Parse(task.Unit, list, RangesLengthAt, out var wrong) is not { } ranges)
        {
            CopyJob.Refuse(task, wrong!);
            return;
        }
        var isZero = BinaryPrimitives.ReadUInt32BigEndian(list.AsSpan(TokenAt)) == RodToken.BlockDeviceZero;
        var source = default(TokenSource);
        if (!isZero && Find(task, list, out source) is { } problem)
        {
            CopyJob.Refuse(task, problem);
            return;
        }
        var delete = (list[2] & DeleteToken) != 0;
        await CopyJob.RunAsync(task, new CopyOperation(task.Unit, ServiceAction), TokenParameters.ListId(task), (list[2] & Immediate) != 0,
            job => isZero ? ZeroAsync(job, ranges) : WriteAsync(job, ranges, source!, delete));
    }

    /// <param name="Offset">OFFSET INTO ROD, in bytes.</param>
    private sealed record TokenSource(RodToken Token, CopyUnit Unit, long Offset);

    private static CopyProblem? Find(ScsiTask task, byte[] list, out TokenSource? source)
    {
        source = null;
        var manager = task.Target.CopyManager;
        if (manager.Tokens.Find(list.AsSpan(TokenAt, RodToken.Length), out var refusal) is not { } token)
            return CopyProblem.Parameter(TokenAt, refusal);
        // A token of data that this initiator could not read is as good as none.
        if (manager.Find(task.Target, task.Nexus, token.Unit) is not { } unit)
            return CopyProblem.Parameter(TokenAt, AdditionalSense.INVALID_TOKEN_OPERATION_TOKEN_UNKNOWN);
        var blocks = BinaryPrimitives.ReadUInt64BigEndian(list.AsSpan(8));
        if (unit.Unit.Options.BlockSize != task.BlockSize || blocks >= (ulong)(token.LengthBytes / task.BlockSize))
            return CopyProblem.Parameter(8);
        source = new TokenSource(token, unit, (long)blocks * task.BlockSize);
        return null;
    }

    private static async Task<CopyProblem?> WriteAsync(CopyJob job, List<ByteRange> ranges, TokenSource source, bool delete)
    {
        var at = source.Offset;
        CopyProblem? problem = null;
        foreach (var range in ranges)
        {
            for (long done = 0; problem is null && done < range.Length && at < source.Token.LengthBytes;)
            {
                var (offset, available) = Locate(source.Token, at);
                var count = Math.Min(available, range.Length - done);
                problem = await job.Copier.CopyAsync(source.Unit, offset, job.Receiver, range.Offset + done, count, () => Check(job, source));
                done += count;
                at += count;
                job.Operation.SetProgress(job.Copier.Copied, 0);
            }
        }
        problem ??= await CopyJob.MakeDurableAsync(job.Receiver);
        if (problem is null && delete)
            job.Target.CopyManager.Tokens.Delete(source.Token);
        return problem;
    }

    /// <summary>While the ranges of a piece are held, the token cannot be revoked any more.</summary>
    private static CopyProblem? Check(CopyJob job, TokenSource source) => source.Token.State == RodTokenState.Good
        ? RangeCopier.Admission(source.Unit, job.Receiver)
        : CopyProblem.Refused(AdditionalSense.INVALID_TOKEN_OPERATION_TOKEN_REVOKED);

    /// <summary>Where on the medium a byte of the ROD is, and how many follow it there.</summary>
    private static (long Offset, long Available) Locate(RodToken token, long at)
    {
        foreach (var range in token.Ranges)
        {
            if (at < range.Length)
                return (range.Offset + at, range.Length - at);
            at -= range.Length;
        }
        throw new ArgumentOutOfRangeException(nameof(at));
    }

    private static async Task<CopyProblem?> ZeroAsync(CopyJob job, List<ByteRange> ranges)
    {
        long done = 0;
        foreach (var range in ranges)
        {
            for (var offset = range.Offset; offset < range.End;)
            {
                var count = Math.Min(range.End - offset, MediumSteps.DeallocationPieceBytes);
                if (await ZeroPieceAsync(job, new ByteRange(offset, count)) is { } problem)
                    return problem;
                offset += count;
                done += count;
                job.Operation.SetProgress(done, 0);
            }
        }
        return await CopyJob.MakeDurableAsync(job.Receiver);
    }

    private static async Task<CopyProblem?> ZeroPieceAsync(CopyJob job, ByteRange range)
    {
        var unit = job.Operation.Unit;
        if (job.Copier.IsCancelled)
            return CopyProblem.Cancelled;
        var hold = await RangeHold.EnterAsync(job.Target, unit, job.Nexus, job.Copier.Tag, range, default);
        if (hold is null)
            return CopyProblem.NotReachableNow;
        try
        {
            var operation = unit.Options.Thin && unit.Device.UnmapGranularityBytes > 0 ? BlockOperation.Unmap : BlockOperation.WriteZeroes;
            return RangeCopier.Admission(job.Receiver, job.Receiver) ?? RangeCopier.Problem(await unit.Device.RunAsync(operation, range.Offset, range.Length));
        }
        finally
        {
            hold.Leave();
        }
    }
}
