using Futago.Engine.Contracts.Iscsi;

namespace Futago.Console.Client.Targets;

public interface ISessions
{
    Task<IReadOnlyList<SessionInfo>> ListAsync(CancellationToken cancellation = default);

    /// <summary>Closes a session; an initiator that is still allowed may log in again at once.</summary>
    Task CloseAsync(long id, CancellationToken cancellation = default);

    /// <summary>Logins turned away lately, newest first.</summary>
    Task<IReadOnlyList<RefusedLogin>> ListRefusedLoginsAsync(CancellationToken cancellation = default);
}
