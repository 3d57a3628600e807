using Futago.DataReplication.Agent;
using Futago.DataReplication.Client;
using Futago.DataReplication.Protocol;
using Futago.DataReplication.Rsync;
using Futago.DataReplication.Runs;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.DataReplication;

namespace Futago.Engine.DataReplication;

/// <summary>Between the contract and the data replication engine. Enums map by name; a test compares them.</summary>
internal static class ReplicationMapping
{
    private const int NameLengthMaximum = 64;

    /// <exception cref="ProblemException">Something that cannot be run; nothing has begun.</exception>
    public static RunRequest ToRequest(ReplicationRunRequest request)
    {
        if (request.TaskName is not { Length: > 0 and <= NameLengthMaximum } || request.RunId == Guid.Empty || request.TaskId == Guid.Empty)
            throw ProblemException.Invalid(ProblemCodes.RequestMalformed, "The run has no identifier or name.", "runId");
        if (!ShareRules.IsFolder(request.SourceFolder))
            throw InvalidFolder("sourceFolder");
        if (request.KeepSnapshots is < 0 or > 1000)
            throw InvalidOption("keepSnapshots");
        if (request.ShrinkLimitPercent is < 0 or > 100 || request.FilesBefore is < 0 or > long.MaxValue / 100)
            throw InvalidOption("shrinkLimitPercent");
        var options = ToOptions(request.Options ?? throw InvalidOption("options"));
        if (options.FirstInvalid() is { } option)
            throw InvalidOption(option);
        return new RunRequest(
            request.RunId, request.TaskId, request.TaskName, request.SourceVolumeId, request.SourceFolder, ToDestination(request), options,
            request.KeepSnapshots, request.FilesBefore, request.ShrinkLimitPercent);
    }

    public static AgentAddress ToAddress(AgentReference agent)
    {
        // The address becomes part of a URL on rsync's command line.
        if (Uri.CheckHostName(agent.Address) == UriHostNameType.Unknown || agent.Address[0] == '-')
            throw ProblemException.Invalid(ProblemCodes.AgentAddressInvalid, "That is not an IP address or host name.", "address", ("address", ""));
        if (agent.Port is < 1 or > 65535)
            throw ProblemException.Invalid(ProblemCodes.PortalInvalid, $"The port {agent.Port} is outside 1–65535.", "port", ("portal", $"{agent.Port}"));
        if (!ShareRules.IsUser(agent.User))
            throw ProblemException.Invalid(ProblemCodes.AgentUserInvalid, "The data replication user is not valid.", "user");
        if (!ShareRules.IsPassword(agent.Password))
            throw ProblemException.Invalid(ProblemCodes.AgentPasswordInvalid, "The data replication password is not valid.", "password");
        return new AgentAddress(agent.Address, agent.Port, agent.Fingerprint, agent.User, agent.Password);
    }

    public static ReplicationRunStatus ToStatus(RunStatus run) => new(
        run.RunId, run.TaskId, run.TaskName, run.StartedAt,
        new ReplicationProgress(
            Enum.Parse<ReplicationPhase>(run.Progress.Phase.ToString()), run.Progress.Bytes, run.Progress.Percent, run.Progress.BytesPerSecond, run.Progress.SecondsLeft,
            run.Progress.FilesTransferred, run.Progress.FilesLeft, run.Progress.Attempt,
            run.Progress.Reason is { } reason ? Enum.Parse<ReplicationReason>(reason.ToString()) : null, run.Progress.Detail),
        run.Result is null ? null : Enum.Parse<ReplicationOutcome>(run.Result.Outcome.ToString()));

    public static ReplicationRunDetails ToDetails(RunStatus run) => new(ToStatus(run), run.Result is not { } r ? null : new ReplicationRunResult(
        Enum.Parse<ReplicationOutcome>(r.Outcome.ToString()),
        Enum.Parse<ReplicationReason>(r.Reason.ToString()),
        r.Detail, r.FinishedAt, r.ExitCode, r.Attempts, r.RecoveryPoint, r.SourceFiles,
        r.Statistics is not { } s ? null : new ReplicationStatistics(
            s.Files, s.FilesCreated, s.FilesDeleted, s.FilesTransferred, s.TotalBytes, s.TransferredBytes, s.LiteralBytes, s.MatchedBytes, s.SentBytes, s.ReceivedBytes, s.Speedup),
        r.DestinationSnapshot, r.Errors, r.Output));

    public static AgentOffer ToOffer(AgentAnswer answer) => new(
        answer.Fingerprint, answer.RsyncVersion, answer.ClockDifference.TotalSeconds,
        [.. answer.Shares.Select(s => new OfferedShareInfo(s.Name, s.SizeBytes, s.FreeBytes, s.Problem, s.Code))]);

    public static ProblemException ToException(AgentException e, string address)
    {
        var (code, field, status) = e.Failure switch
        {
            AgentFailure.Unreachable or AgentFailure.Busy => (ProblemCodes.AgentUnreachable, "destination", 502),
            AgentFailure.CertificateChanged => (ProblemCodes.AgentCertificateChanged, "destination", 409),
            AgentFailure.Denied => (ProblemCodes.AgentDenied, "user", 409),
            AgentFailure.ShareUnknown or AgentFailure.ShareUnavailable => (ProblemCodes.AgentShareUnknown, "share", 409),
            _ => (ProblemCodes.AgentProtocol, "destination", 502),
        };
        return new ProblemException(new Problem(code, e.Message, field, new Dictionary<string, string> { ["address"] = address }), status);
    }

    private static RunDestination ToDestination(ReplicationRunRequest request)
    {
        var destination = request.Destination ?? throw InvalidOption("destination");
        if (destination.Agent is { } agent)
        {
            if (!ShareRules.IsName(destination.Share))
                throw ProblemException.Invalid(ProblemCodes.AgentShareUnknown, "The name of the share is not valid.", "share", ("share", ""));
            if (destination.PlainPort is < 1 or > 65535)
                throw ProblemException.Invalid(ProblemCodes.PortalInvalid, "The plain port is outside 1–65535.", "plainPort", ("portal", $"{destination.PlainPort}"));
            return new AgentDestination(ToAddress(agent), destination.Share!, destination.PlainPort);
        }
        if (destination.VolumeId is not { } volume || !ShareRules.IsFolder(destination.Folder))
            throw InvalidFolder("destination.folder");
        if (volume == request.SourceVolumeId && (Within(destination.Folder!, request.SourceFolder) || Within(request.SourceFolder, destination.Folder!)))
            throw ProblemException.Conflict(ProblemCodes.ReplicationSame, "Source and destination are the same place, or one is inside the other.", "destination");
        return new LocalDestination(volume, destination.Folder!);
    }

    private static bool Within(string inner, string outer) => outer.Length == 0 || inner == outer || inner.StartsWith(outer + "/", StringComparison.Ordinal);

    private static RsyncOptions ToOptions(ReplicationOptions o) => new(
        o.Delete, o.DeleteLimit, o.BandwidthLimitBytesPerSecond, o.Compress, o.Include ?? [], o.Exclude ?? [], o.Attributes, o.HardLinks);

    private static ProblemException InvalidOption(string option) =>
        ProblemException.Invalid(ProblemCodes.ReplicationOptionInvalid, $"The option {option} is missing or out of range.", option, ("option", option));

    private static ProblemException InvalidFolder(string field) =>
        ProblemException.Invalid(ProblemCodes.ReplicationPathInvalid, "A folder is a relative path without “..”.", field, ("path", ""));
}
