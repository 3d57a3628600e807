using Futago.Console.Client.Targets;
using Futago.Engine.Contracts.Iscsi;

namespace Futago.Console.Tests.Fakes;

public sealed class FakeSessions(FakeLiveStatus live) : FakeService, ISessions
{
    public Task<IReadOnlyList<SessionInfo>> ListAsync(CancellationToken cancellation = default) =>
        Task.FromResult<IReadOnlyList<SessionInfo>>([.. live.Targets.SelectMany(t => t.Sessions)]);

    public Task CloseAsync(long id, CancellationToken cancellation = default)
    {
        Take(id);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<RefusedLogin>> ListRefusedLoginsAsync(CancellationToken cancellation = default) => Task.FromResult(live.RefusedLogins);
}
