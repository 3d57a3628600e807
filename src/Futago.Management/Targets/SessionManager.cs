using Futago.Console.Client.Events;
using Futago.Console.Client.Targets;
using Futago.Console.Client.Users;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;
using Futago.Management.Access;
using Futago.Management.Events;

namespace Futago.Management.Targets;

public sealed class SessionManager(EngineClient engine, ICurrentActor currentActor, AuditLog audit) : ISessions
{
    public async Task<IReadOnlyList<SessionInfo>> ListAsync(CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        return await engine.ListSessionsAsync(cancellation);
    }

    public async Task CloseAsync(long id, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Operator);
        var session = (await engine.ListSessionsAsync(cancellation)).FirstOrDefault(s => s.Id == id)
            ?? throw ProblemException.NotFound(ProblemCodes.SessionNotFound, $"There is no session {id}; it may have ended by itself.", ("session", $"{id}"));
        await engine.CloseSessionAsync(id, cancellation);
        await audit.RecordAsync(actor, ConsoleEventCodes.SessionClosed, session.InitiatorName,
            $"The session of {session.InitiatorName} with {session.TargetName ?? "discovery"} was closed.");
    }

    public async Task<IReadOnlyList<RefusedLogin>> ListRefusedLoginsAsync(CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        return await engine.ListRefusedLoginsAsync(cancellation);
    }
}
