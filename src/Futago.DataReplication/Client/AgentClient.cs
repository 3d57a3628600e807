using System.Net.Sockets;
using System.Security.Authentication;
using Futago.DataReplication.Protocol;
using Futago.Transport;
using Futago.Transport.Tls;

namespace Futago.DataReplication.Client;

/// <summary>The source's side of the agent protocol. Every method throws <see cref="AgentException"/> when the agent does not do it.</summary>
public sealed class AgentClient(TimeProvider time)
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(15);

    private static readonly TlsContext Context = TlsContext.ForClient();

    public async Task<AgentAnswer> BrowseAsync(AgentAddress agent, CancellationToken cancellation)
    {
        var (connection, answer) = await AskAsync(agent, AgentOperation.Browse, null, null, 0, cancellation);
        await connection.DisposeAsync();
        return answer;
    }

    /// <summary>Has what a run wrote made durable, and a snapshot taken of it unless <paramref name="keep"/> is 0. Takes as long as the destination's disks need.</summary>
    public async Task<AgentAnswer> FinishAsync(AgentAddress agent, string share, string? owner, int keep, CancellationToken cancellation)
    {
        var (connection, answer) = await AskAsync(agent, AgentOperation.Finish, share, owner, keep, cancellation);
        await connection.DisposeAsync();
        return answer;
    }

    /// <summary>A connection that speaks rsync with the daemon of the share.</summary>
    internal Task<(AgentConnection Connection, AgentAnswer Answer)> OpenAsync(AgentAddress agent, string share, CancellationToken cancellation) =>
        AskAsync(agent, AgentOperation.Copy, share, null, 0, cancellation);

    private async Task<(AgentConnection Connection, AgentAnswer Answer)> AskAsync(
        AgentAddress agent, AgentOperation operation, string? share, string? owner, int keep, CancellationToken cancellation)
    {
        var patience = operation == AgentOperation.Finish ? AgentHello.FinishTimeout : AnswerTimeout;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(patience);
        AgentConnection? connection = null;
        try
        {
            connection = await ConnectAsync(agent, limit.Token);
            var tls = connection.Tls;
            var certificate = tls.PeerCertificateHash!;
            var hello = await AgentFrame.ReadAsync<AgentHello>(tls, AgentFrame.LengthMax, limit.Token);
            if (hello.Version != AgentHello.CurrentVersion || hello.Nonce is not { Length: 44 })
                throw new AgentException(AgentFailure.Protocol, "The agent speaks another version of the protocol; bring both nodes to the same version.");
            var key = AgentProof.DeriveKey(agent.User, agent.Password);
            var request = new AgentRequest(AgentHello.CurrentVersion, operation, agent.User, AgentProof.NewNonce(), "", share, owner, keep);
            request = request with { Proof = Convert.ToBase64String(AgentProof.OfSource(key, hello, request, certificate)) };
            await AgentFrame.WriteAsync(tls, request, limit.Token);
            var reply = await AgentFrame.ReadAsync<AgentReply>(tls, AgentFrame.LengthMax, limit.Token);
            // Denied carries no proof, and needs none: it grants nothing.
            if (reply.Failure is AgentFailure.Denied or AgentFailure.Protocol)
                throw new AgentException(reply.Failure.Value, Sentence(reply.Failure.Value, agent, share, reply.Detail));
            if (!AgentProof.Matches(AgentProof.OfAgent(key, hello, request, certificate), reply.Proof))
                throw new AgentException(AgentFailure.Denied, $"What answers at {agent.Host} port {agent.Port} does not know the password: it is not the agent that it claims to be.");
            if (reply.Failure is { } failure)
                throw new AgentException(failure, Sentence(failure, agent, share, reply.Detail));
            var difference = reply.Time is { } theirs ? theirs - time.GetUtcNow() : TimeSpan.Zero;
            var answer = new AgentAnswer(Convert.ToHexStringLower(certificate), reply.RsyncVersion, difference, reply.Shares ?? [], reply.Snapshot, reply.Settles == true);
            var open = connection;
            connection = null;
            return (open, answer);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw Unreachable(agent, $"no answer within {patience.TotalSeconds:0} s", e);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw Unreachable(agent, e.Message.TrimEnd('.'), e);
        }
        finally
        {
            if (connection is not null)
                await connection.DisposeAsync();
        }
    }

    private static async Task<AgentConnection> ConnectAsync(AgentAddress agent, CancellationToken cancellation)
    {
        var socket = await Dialer.ConnectAsync(agent.Host, agent.Port, cancellation);
        TlsStream tls;
        try
        {
            tls = await TlsStream.ConnectAsync(socket, Context, cancellation);
        }
        catch (AuthenticationException e)
        {
            throw new AgentException(AgentFailure.Protocol, $"{agent.Host} port {agent.Port} does not speak TLS: it is not the TLS port of a data replication agent.", e);
        }
        // No authority signs these certificates: the pin decides, and before there is one, the agent's proof (see AgentProof).
        var seen = tls.PeerCertificateHash is { } hash ? Convert.ToHexStringLower(hash) : "";
        if (seen.Length > 0 && (agent.Fingerprint is null || seen == agent.Fingerprint))
            return new AgentConnection(tls);
        await tls.DisposeAsync();
        throw new AgentException(AgentFailure.CertificateChanged,
            $"The agent at {agent.Host} shows a certificate with the fingerprint {seen} instead of {agent.Fingerprint}. If the agent was set up anew, test the task again to trust it; if not, something stands in between.");
    }

    private static AgentException Unreachable(AgentAddress agent, string reason, Exception e) => new(
        AgentFailure.Unreachable, $"The data replication agent at {agent.Host} port {agent.Port} cannot be reached ({reason}). Check the address, and that the agent is enabled there.", e);

    private static string Sentence(AgentFailure failure, AgentAddress agent, string? share, string? detail) => failure switch
    {
        AgentFailure.Denied => $"The agent at {agent.Host} refused the user {agent.User}: user or password is wrong, or this node's address is not allowed there.",
        AgentFailure.ShareUnknown => $"The agent at {agent.Host} offers the user {agent.User} no share {share}.",
        AgentFailure.NotDurable => $"The agent at {agent.Host} says: {detail}",
        AgentFailure.ShareUnavailable => $"The share {share} at {agent.Host} cannot be written now: {detail}",
        _ => $"The agent at {agent.Host} answered: {detail}",
    };
}
