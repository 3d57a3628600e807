using Futago.Console.Client.DataReplication;
using Futago.Console.Client.Users;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.DataReplication;
using Futago.Management.Access;

namespace Futago.Management.DataReplication;

public sealed partial class DataReplicationManager
{
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
            return AgentTest.StoppedAt(step, e.Problem);
        }
        var share = offer.Shares.FirstOrDefault(s => string.Equals(s.Name, request.Share, StringComparison.OrdinalIgnoreCase));
        // Sizes are compared only with a share that can be used.
        var source = share is { Problem: null } && request.Source is not null
            ? (await ReplicationEndpoint.FindAsync(engine, request.Source, null, "source", cancellation)).Volume.FileSystem
            : null;
        return
        [
            .. AgentTest.Reached(agent, offer),
            AgentTest.Share(request.Share, share, offer),
            AgentTest.Space(share, source),
            AgentTest.Clock(TimeSpan.FromSeconds(offer.ClockDifferenceSeconds)),
            AgentTest.Rsync(offer.RsyncVersion),
        ];
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

    private static string? FailedStep(string code) => code switch
    {
        ProblemCodes.AgentUnreachable => "address",
        ProblemCodes.AgentProtocol or ProblemCodes.AgentCertificateChanged => "certificate",
        ProblemCodes.AgentDenied => "user",
        _ => null,
    };
}
