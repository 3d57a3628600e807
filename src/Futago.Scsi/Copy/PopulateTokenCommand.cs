using System.Buffers.Binary;
using Futago.Scsi.Commands;
using Futago.Scsi.Sense;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.Copy;

/// <summary>
/// POPULATE TOKEN, SBC-3 section 5.7: a token that stands for the data of ranges as it is now, of type "point in time copy – change
/// vulnerable": the first change to a range revokes it. Nothing is copied, so IMMED makes no difference.
/// </summary>
internal static class PopulateTokenCommand
{
    public const int ServiceAction = 0x10;

    private const int HeaderLength = 16;
    private const int RangesLengthAt = 14;
    private const byte RodTypeValid = 0x02;

    public static int Accept(ScsiTask task) => TokenParameters.Accept(task, HeaderLength);

    public static async Task RunAsync(ScsiTask task)
    {
        if (TokenParameters.Take(task) is not { } list)
            return;
        if (Check(task, list, out var timeout) is { } problem)
        {
            CopyJob.Refuse(task, problem);
            return;
        }
        if (TokenRanges.Parse(task.Unit, list, RangesLengthAt, out var wrong) is not { } ranges)
        {
            CopyJob.Refuse(task, wrong!);
            return;
        }
        await CopyJob.RunAsync(task, new CopyOperation(task.Unit, ServiceAction), TokenParameters.ListId(task), immediate: false,
            job => PopulateAsync(job, ranges, timeout, task.Command.Tag));
    }

    private static CopyProblem? Check(ScsiTask task, byte[] list, out TimeSpan timeout)
    {
        var seconds = BinaryPrimitives.ReadUInt32BigEndian(list.AsSpan(4));
        timeout = TimeSpan.FromSeconds(seconds == 0 ? RodTokens.DefaultTimeoutSeconds : seconds);
        if (seconds > RodTokens.MaximumTimeoutSeconds)
            return CopyProblem.Parameter(4);
        var type = BinaryPrimitives.ReadUInt32BigEndian(list.AsSpan(8));
        return (list[2] & RodTypeValid) != 0 && type is not (RodToken.PointInTimeChangeVulnerable or RodToken.PointInTimeAny)
            ? CopyProblem.Parameter(8, AdditionalSense.INVALID_TOKEN_OPERATION_UNSUPPORTED_TOKEN_TYPE)
            : null;
    }

    private static async Task<CopyProblem?> PopulateAsync(CopyJob job, List<ByteRange> ranges, TimeSpan timeout, uint tag)
    {
        var unit = job.Operation.Unit;
        var first = ranges.Min(range => range.Offset);
        var all = new ByteRange(first, ranges.Max(range => range.End) - first);
        // Held for a moment: writes before it are part of what the token stands for, and writes after it revoke it.
        var hold = await RangeHold.EnterAsync(job.Target, unit, job.Nexus, tag, default, all);
        if (hold is null)
            return CopyProblem.NotReachableNow;
        try
        {
            if (unit.Reservations.Conflicts(job.Nexus, ReservationAccess.Read) || unit.Sanitize.IsBlocked)
                return CopyProblem.DeviceFailure;
            var token = new RodToken(unit, ranges, timeout);
            if (!job.Target.CopyManager.Tokens.TryAdd(token))
                return CopyProblem.NoMemory;
            unit.Vulnerable.Add(token);
            job.Operation.Token = token;
            job.Operation.SetProgress(token.LengthBytes, ranges.Count);
            return null;
        }
        finally
        {
            hold.Leave();
        }
    }
}
