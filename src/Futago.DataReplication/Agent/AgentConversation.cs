using System.ComponentModel;
using System.Net;
using System.Security.Cryptography;
using Futago.DataReplication.Linux;
using Futago.DataReplication.Protocol;
using Futago.DataReplication.Settling;

namespace Futago.DataReplication.Agent;

/// <summary>
/// The agent's side of one TLS connection: hello, one request with a proof, one reply; after a granted Copy the connection is rsync's.
/// Nothing about shares is said before the proof.
/// </summary>
internal sealed class AgentConversation(
    IAgentShares shares, UnsettledCopies copies, FailureThrottle throttle, byte[] certificate, string? rsyncVersion, TimeProvider time)
{
    private const int RequestLengthMax = 4096;
    private const int OwnerLengthMax = 64;
    private const int KeepMax = 1000;

    /// <summary>Stands in when there is no such user, so that the answer takes as long and says as little.</summary>
    private static readonly byte[] NobodysKey = RandomNumberGenerator.GetBytes(32);

    /// <param name="limit">Ends the conversation; it gets the time that is needed once there is work to do for somebody who has proven himself.</param>
    /// <returns>The share to copy to; null when the connection is to be closed.</returns>
    public async Task<AgentShare?> HoldAsync(Stream stream, IPAddress peer, CancellationTokenSource limit)
    {
        var cancellation = limit.Token;
        var hello = new AgentHello(AgentHello.CurrentVersion, AgentProof.NewNonce());
        await AgentFrame.WriteAsync(stream, hello, cancellation);
        var request = await AgentFrame.ReadAsync<AgentRequest>(stream, RequestLengthMax, cancellation);
        if (request.Version != AgentHello.CurrentVersion || request.User is null || request.Nonce is not { Length: 44 })
        {
            await AgentFrame.WriteAsync(stream, new AgentReply(AgentFailure.Protocol, "This agent speaks version 1 of the protocol."), cancellation);
            return null;
        }
        var granted = throttle.IsThrottled(peer) ? [] : Granted(hello, request, peer);
        if (granted.Count == 0)
        {
            throttle.Fail(peer);
            await AgentFrame.WriteAsync(stream, new AgentReply(AgentFailure.Denied, "User or password is wrong, or this address is not allowed."), cancellation);
            return null;
        }
        var reply = new AgentReply(
            null, null, Convert.ToBase64String(AgentProof.OfAgent(granted[0].Key, hello, request, certificate)), time.GetUtcNow(), rsyncVersion, Settles: true);
        if (request.Operation == AgentOperation.Browse)
        {
            await AgentFrame.WriteAsync(stream, reply with { Shares = [.. granted.Select(Offer)] }, cancellation);
            return null;
        }
        if (granted.Find(s => s.Name == request.Share) is not { } share)
        {
            await AgentFrame.WriteAsync(stream, reply with { Failure = AgentFailure.ShareUnknown, Detail = "There is no such share for this user." }, cancellation);
            return null;
        }
        if (Offer(share).Problem is { } problem)
        {
            await AgentFrame.WriteAsync(stream, reply with { Failure = AgentFailure.ShareUnavailable, Detail = problem }, cancellation);
            return null;
        }
        if (request.Operation == AgentOperation.Finish)
        {
            limit.CancelAfter(AgentHello.FinishTimeout);
            await AgentFrame.WriteAsync(stream, await FinishAsync(share, request, reply), cancellation);
            return null;
        }
        await AgentFrame.WriteAsync(stream, reply, cancellation);
        return share;
    }

    private async Task<AgentReply> FinishAsync(AgentShare share, AgentRequest request, AgentReply reply)
    {
        if (request.Keep is < 0 or > KeepMax || (request.Keep > 0 && request.Owner is not { Length: > 0 and <= OwnerLengthMax }))
            return reply with { Failure = AgentFailure.Failed, Detail = "The request to finish a run is malformed." };
        try
        {
            await copies.SettleAsync(share.Root!, share.Folder);
        }
        catch (IOException e)
        {
            return reply with { Failure = AgentFailure.NotDurable, Detail = e.Message };
        }
        if (request.Keep == 0)
            return reply;
        try
        {
            return reply with { Snapshot = await shares.SnapshotAsync(share, request.Owner!, request.Keep) };
        }
        // Some of the system's refusals come through as they are.
        catch (Exception e) when (e is Volumes.StorageException or IOException or UnauthorizedAccessException or Win32Exception)
        {
            return reply with { Failure = AgentFailure.Failed, Detail = e.Message };
        }
    }

    /// <summary>The shares whose user and password the proof fits, and which this address may use.</summary>
    private List<AgentShare> Granted(AgentHello hello, AgentRequest request, IPAddress peer)
    {
        List<AgentShare> granted = [];
        var candidates = shares.List().Where(s => s.User == request.User && s.Allows(peer)).ToList();
        foreach (var share in candidates)
        {
            if (AgentProof.Matches(AgentProof.OfSource(share.Key, hello, request, certificate), request.Proof))
                granted.Add(share);
        }
        if (candidates.Count == 0)
            _ = AgentProof.Matches(AgentProof.OfSource(NobodysKey, hello, request, certificate), request.Proof);
        return granted;
    }

    private static OfferedShare Offer(AgentShare share)
    {
        if (share.Root is null)
            return new OfferedShare(share.Name, 0, 0, "Its volume is not mounted.", AgentCodes.ShareNotMounted);
        if (FolderWalk.Find(share.Root, share.Folder) is not { } directory)
            return new OfferedShare(share.Name, 0, 0, "Its folder does not exist, or a symbolic link stands in its place.", AgentCodes.ShareNoFolder);
        var usage = FileSystemUsage.Of(directory);
        return usage.ReadOnly
            ? new OfferedShare(share.Name, usage.SizeBytes, usage.FreeBytes, "Its file system is read-only.", AgentCodes.ShareReadOnly)
            : new OfferedShare(share.Name, usage.SizeBytes, usage.FreeBytes, null);
    }
}
