using System.Globalization;
using Futago.Console.Client.DataReplication;
using Futago.Console.Client.Users;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.DataReplication;
using Futago.Management.Access;

namespace Futago.Management.DataReplication;

public sealed partial class DataReplicationManager
{
    /// <summary>Clocks further apart than this are worth a word: recovery points of two nodes are compared by people.</summary>
    private static readonly TimeSpan ClockDifferenceMax = TimeSpan.FromSeconds(5);

    private static readonly string[] Steps = ["address", "certificate", "user", "share", "space", "clock", "rsync"];

    public async Task<AgentOffer> BrowseAsync(BrowseRequest request, CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Administrator);
        return await engine.BrowseAgentAsync(await ReferenceAsync(request, cancellation), cancellation);
    }

    public async Task<IReadOnlyList<TestStep>> TestAsync(TestRequest request, CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Administrator);
        AgentOffer offer;
        var agent = await ReferenceAsync(request.Agent, cancellation);
        try
        {
            offer = await engine.BrowseAgentAsync(agent, cancellation);
        }
        catch (ProblemException e) when (FailedStep(e.Problem.Code) is { } step)
        {
            return [.. Steps.Select(s => s == step ? new TestStep(s, TestResult.Failed, e.Message)
                : Array.IndexOf(Steps, s) < Array.IndexOf(Steps, step) ? new TestStep(s, TestResult.Ok, "In order.")
                : new TestStep(s, TestResult.Skipped, "Not tried."))];
        }
        List<TestStep> steps =
        [
            new("address", TestResult.Ok, $"{agent.Address} answers on port {agent.Port}."),
            new("certificate", TestResult.Ok, $"The connection is encrypted. The agent's certificate has the fingerprint {offer.Fingerprint}, and it has proven to know the password."),
            new("user", TestResult.Ok, $"The agent accepts the user {agent.User} from this node's address."),
        ];
        var share = offer.Shares.FirstOrDefault(s => string.Equals(s.Name, request.Share, StringComparison.OrdinalIgnoreCase));
        steps.Add(share switch
        {
            null => new("share", TestResult.Failed, offer.Shares.Count == 0
                ? $"The agent offers this user no share {request.Share}."
                : $"The agent offers this user no share {request.Share}, but {string.Join(", ", offer.Shares.Select(s => s.Name))}."),
            { Problem: { } problem } => new("share", TestResult.Failed, problem),
            _ => new("share", TestResult.Ok, $"The share {share.Name} can be written."),
        });
        steps.Add(await SpaceAsync(share, request.Source, cancellation));
        var difference = TimeSpan.FromSeconds(offer.ClockDifferenceSeconds);
        var seconds = Math.Abs(difference.TotalSeconds).ToString("0.#", CultureInfo.InvariantCulture);
        steps.Add(difference.Duration() > ClockDifferenceMax
            ? new("clock", TestResult.Warning, $"The agent's clock is {seconds} s {(difference > TimeSpan.Zero ? "ahead of" : "behind")} this node's. Set both by the same time service.")
            : new("clock", TestResult.Ok, $"The clocks agree within {seconds} s."));
        steps.Add(RsyncStep(offer.RsyncVersion));
        return steps;
    }

    /// <summary>Makes sure that the destination accepts the task.</summary>
    /// <returns>The agent's fingerprint to pin; null for a destination on this node, or when the agent could not be asked and need not be.</returns>
    private async Task<string?> VerifyAsync(ReplicationSettings settings, string? password, bool skip, CancellationToken cancellation)
    {
        var source = await ReplicationEndpoint.FindAsync(engine, settings.Source, settings.Folder, "source", cancellation);
        if (settings.Destination is null)
        {
            var destination = await ReplicationEndpoint.FindAsync(engine, settings.Share, null, "share", cancellation);
            return destination.Overlaps(source)
                ? throw ProblemException.Conflict(ProblemCodes.ReplicationSame, "Source and destination are the same place, or one is inside the other.", "share")
                : null;
        }
        try
        {
            var offer = await engine.BrowseAgentAsync(
                new AgentReference(settings.Destination, settings.Port, settings.Fingerprint, settings.User!, AgentRules.CheckPassword(password)), cancellation);
            if (offer.Shares.All(s => s.Name != settings.Share))
                throw ProblemException.Invalid(ProblemCodes.AgentShareUnknown, $"The agent at {settings.Destination} offers the user {settings.User} no share {settings.Share}.", "share",
                    ("share", settings.Share));
            return offer.Fingerprint;
        }
        catch (ProblemException e) when (skip && e.Problem.Code == ProblemCodes.AgentUnreachable)
        {
            return null;
        }
    }

    private async Task<AgentReference> ReferenceAsync(BrowseRequest request, CancellationToken cancellation)
    {
        var password = request.Password;
        if (password is null && request.Task is not null)
            password = Reveal(await FindAsync(request.Task, cancellation));
        return new AgentReference(
            AgentRules.CheckAddress(request.Address, "address"), AgentRules.CheckPort(request.Port, "port"), null, AgentRules.CheckUser(request.User), AgentRules.CheckPassword(password));
    }

    private async Task<TestStep> SpaceAsync(OfferedShareInfo? share, string? source, CancellationToken cancellation)
    {
        if (share is null or { Problem: not null })
            return new TestStep("space", TestResult.Skipped, "Not tried.");
        var free = $"{ByteSize.Format(share.FreeBytes)} of {ByteSize.Format(share.SizeBytes)} are free at the destination";
        if (source is null || (await ReplicationEndpoint.FindAsync(engine, source, null, "source", cancellation)).Volume.FileSystem is not { MountPoint: not null } files)
            return new TestStep("space", TestResult.Ok, free + ".");
        var used = files.SizeBytes - files.FreeBytes;
        if (used > share.SizeBytes)
            return new TestStep("space", TestResult.Failed, $"The source volume holds {ByteSize.Format(used)}, but the destination has only {ByteSize.Format(share.SizeBytes)} in all.");
        return files.SizeBytes > share.SizeBytes
            ? new TestStep("space", TestResult.Warning, $"{free}. The destination is smaller than the source volume ({ByteSize.Format(files.SizeBytes)}); they should have the same size.")
            : new TestStep("space", TestResult.Ok, $"{free}; the source volume holds {ByteSize.Format(used)}.");
    }

    private static TestStep RsyncStep(string? version) => version is null
        ? new TestStep("rsync", TestResult.Failed, "rsync is not installed at the destination.")
        : Version.TryParse(version, out var number) && number < new Version(3, 5, 0)
            ? new TestStep("rsync", TestResult.Warning, $"The destination has rsync {version}. Known faults of rsync were mended in 3.5.0; the agent's own guards hold, but an update is due.")
            : new TestStep("rsync", TestResult.Ok, $"The destination has rsync {version}.");

    private static string? FailedStep(string code) => code switch
    {
        ProblemCodes.AgentUnreachable => "address",
        ProblemCodes.AgentProtocol or ProblemCodes.AgentCertificateChanged => "certificate",
        ProblemCodes.AgentDenied => "user",
        _ => null,
    };
}
