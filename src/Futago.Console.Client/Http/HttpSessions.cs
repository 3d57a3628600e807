using System.Globalization;
using Futago.Console.Client.Targets;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;

namespace Futago.Console.Client.Http;

internal sealed class HttpSessions(ApiConnection api) : ISessions
{
    public Task<IReadOnlyList<SessionInfo>> ListAsync(CancellationToken cancellation = default) =>
        api.GetAsync<IReadOnlyList<SessionInfo>>("sessions", cancellation);

    public Task CloseAsync(long id, CancellationToken cancellation = default) =>
        api.SendAsync(HttpMethod.Delete, $"sessions/{id.ToString(CultureInfo.InvariantCulture)}", null, cancellation);

    public Task<IReadOnlyList<RefusedLogin>> ListRefusedLoginsAsync(CancellationToken cancellation = default) =>
        api.GetAsync<IReadOnlyList<RefusedLogin>>("refused-logins", cancellation);
}
