using System.Globalization;
using Futago.Blocks;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;
using Futago.Iscsi;
using Futago.Iscsi.Observation;
using Futago.Scsi.Commands;
using LoadSample = Futago.Engine.Contracts.Iscsi.LoadSample;
using RecordedCommand = Futago.Engine.Contracts.Iscsi.RecordedCommand;
using SessionLoad = Futago.Engine.Contracts.Iscsi.SessionLoad;
using TargetStatistics = Futago.Engine.Contracts.Iscsi.TargetStatistics;

namespace Futago.Engine.Targets;

/// <summary>What can be seen of the commands of targets and sessions, in the contract's words.</summary>
internal sealed class TargetDiagnostics(IscsiServer server)
{
    private const int LargestThresholdMs = 3_600_000;

    /// <exception cref="ProblemException">The target is not served.</exception>
    public TargetStatistics StatisticsOf(string target)
    {
        var statistics = server.StatisticsOf(target) ?? throw NotServed(target);
        return new TargetStatistics(
            statistics.TargetName,
            statistics.Since,
            statistics.At,
            [.. statistics.Commands.Select(ToLoad).OrderBy(c => c.Lun).ThenBy(c => c.Initiator, StringComparer.Ordinal).ThenBy(c => c.OperationCode)],
            [.. statistics.Sessions.Select(s => new SessionLoad(s.SessionId, s.InitiatorName, s.Outstanding, s.MaximumOutstanding, s.Window, s.Aborted))],
            [.. statistics.History.Select(ToSample)]);
    }

    /// <exception cref="ProblemException">The target is not served, or the threshold is out of range.</exception>
    public IReadOnlyList<RecordedCommand> SlowCommandsOf(string target, int thresholdMs)
    {
        if (thresholdMs is < 10 or > LargestThresholdMs)
            throw ProblemException.Invalid(
                ProblemCodes.ThresholdInvalid, $"The threshold must be from 10 to {LargestThresholdMs} milliseconds, not {thresholdMs}.", "thresholdMs",
                ("minimum", "10"), ("maximum", $"{LargestThresholdMs}"));
        return [.. (server.SlowCommandsOf(target, TimeSpan.FromMilliseconds(thresholdMs)) ?? throw NotServed(target)).Select(ToCommand)];
    }

    /// <exception cref="ProblemException">There is no such session.</exception>
    public IReadOnlyList<RecordedCommand> CommandsOf(long session) => [.. (server.CommandsOf(session) ?? throw NoSession(session)).Select(ToCommand)];

    /// <exception cref="ProblemException">There is no such session, a limit is out of range, or too much is being captured.</exception>
    public CaptureInfo StartCapture(long session, StartCaptureRequest request)
    {
        var options = new CaptureOptions(TimeSpan.FromSeconds(request.Seconds), request.MaximumBytes, request.Payload);
        try
        {
            options.Validate();
        }
        catch (ArgumentOutOfRangeException e)
        {
            var field = e.ParamName == nameof(CaptureOptions.Duration) ? "seconds" : "maximumBytes";
            throw ProblemException.Invalid(ProblemCodes.CaptureLimitInvalid, "A capture takes 1 second to 1 hour, and 64 KiB to 64 MiB.", field);
        }
        switch (server.StartCapture(session, options))
        {
            case CaptureRefusal.NoSession:
                throw NoSession(session);
            case CaptureRefusal.AlreadyRunning:
                throw ProblemException.Conflict(ProblemCodes.CaptureRunning, $"Session {session} is being captured already; delete that capture first.", null, ("session", $"{session}"));
            case CaptureRefusal.TooMany:
                throw ProblemException.Conflict(ProblemCodes.CaptureTooMany, "Four captures are kept already; delete one first.");
            default:
                return CaptureOf(session);
        }
    }

    /// <exception cref="ProblemException">The session has no capture.</exception>
    public CaptureInfo CaptureOf(long session)
    {
        var capture = server.CaptureOf(session) ?? throw NoCapture(session);
        return new CaptureInfo(
            capture.SessionId, capture.InitiatorName, capture.TargetName, capture.StartedAt, capture.EndsAt, capture.Running, capture.Full, capture.Payload, capture.Packets, capture.Bytes);
    }

    /// <exception cref="ProblemException">The session has no capture.</exception>
    public byte[] CaptureFileOf(long session) => server.CaptureFileOf(session) ?? throw NoCapture(session);

    /// <exception cref="ProblemException">The session has no capture.</exception>
    public void DeleteCapture(long session)
    {
        if (!server.RemoveCapture(session))
            throw NoCapture(session);
    }

    private static CommandLoad ToLoad(CommandStatistics row)
    {
        var operations = row.Operations;
        var latencies = new List<LatencyBucket>();
        for (var i = 0; i < operations.LatencyBuckets.Count; i++)
        {
            if (operations.LatencyBuckets[i] > 0)
                latencies.Add(new LatencyBucket(LatencyScale.LowerBoundOf(i) / 1e3, LatencyScale.LowerBoundOf(i + 1) / 1e3, operations.LatencyBuckets[i]));
        }
        var maximum = operations.LatencyMaximumNanoseconds / 1e3;
        return new CommandLoad(
            row.InitiatorName, row.Lun, row.OperationCode, OperationNames.Of(row.OperationCode), operations.Count, operations.Failed, operations.BytesRead, operations.BytesWritten,
            operations.Count == 0 ? 0 : operations.LatencySumNanoseconds / 1e3 / operations.Count,
            CommandLoad.Percentile(latencies, 0.5, maximum), CommandLoad.Percentile(latencies, 0.99, maximum), maximum, latencies);
    }

    private static LoadSample ToSample(Futago.Iscsi.Observation.LoadSample sample) => new(
        sample.At, sample.ReadsPerSecond, sample.WritesPerSecond, sample.OthersPerSecond, sample.BytesReadPerSecond, sample.BytesWrittenPerSecond,
        sample.ReadMedianNanoseconds / 1e3, sample.ReadP99Nanoseconds / 1e3, sample.WriteMedianNanoseconds / 1e3, sample.WriteP99Nanoseconds / 1e3,
        sample.QueueDepth, sample.Outstanding);

    private static RecordedCommand ToCommand(Futago.Iscsi.Observation.RecordedCommand command) => new(
        command.SessionId,
        command.InitiatorName,
        command.Cid,
        command.ArrivedAt,
        command.Tag,
        command.CmdSn,
        command.Lun,
        OperationNames.Of(command.Cdb[0]),
        string.Join(' ', command.Cdb.Select(b => b.ToString("X2", CultureInfo.InvariantCulture))),
        command.ExpectedBytes,
        command.BytesRead,
        command.BytesWritten,
        command.Status,
        command.SenseKey == 0 && command.AdditionalSenseCode == 0
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{command.SenseKey:X}/{command.AdditionalSenseCode:X2}/{command.AdditionalSenseQualifier:X2}"),
        command.Gathering?.TotalMicroseconds,
        command.Execution?.TotalMicroseconds,
        command.Sending?.TotalMicroseconds,
        command.Total.TotalMicroseconds);

    private static ProblemException NotServed(string target) => ProblemException.NotFound(
        ProblemCodes.TargetNotServed, $"Target {target} is not served now; its statistics begin when it is started.", ("target", target));

    private static ProblemException NoSession(long session) => ProblemException.NotFound(
        ProblemCodes.SessionNotFound, $"There is no session {session}; it may have ended.", ("session", $"{session}"));

    private static ProblemException NoCapture(long session) => ProblemException.NotFound(
        ProblemCodes.CaptureNotFound, $"Nothing was captured of session {session}, or it was not fetched within ten minutes.", ("session", $"{session}"));
}
