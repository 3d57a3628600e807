using Futago.Console.Client.Users;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Console.Client.Http;

internal sealed class HttpUsers(ApiConnection api) : IUsers
{
    public Task<IReadOnlyList<UserView>> ListAsync(CancellationToken cancellation = default) =>
        api.GetAsync<IReadOnlyList<UserView>>("users", cancellation);

    public Task<UserView> CreateAsync(CreateUserRequest request, CancellationToken cancellation = default) =>
        api.SendAsync<UserView>(HttpMethod.Post, "users", request, cancellation);

    public Task<UserView> UpdateAsync(string name, UpdateUserRequest request, CancellationToken cancellation = default) =>
        api.SendAsync<UserView>(HttpMethod.Patch, Route(name), request, cancellation);

    public Task DeleteAsync(string name, string confirm, CancellationToken cancellation = default) =>
        api.SendAsync(HttpMethod.Delete, Route(name), new DeleteRequest(confirm), cancellation);

    public Task<IReadOnlyList<TokenView>> ListTokensAsync(CancellationToken cancellation = default) =>
        api.GetAsync<IReadOnlyList<TokenView>>("tokens", cancellation);

    public Task<TokenView> CreateTokenAsync(string user, string name, CancellationToken cancellation = default) =>
        api.SendAsync<TokenView>(HttpMethod.Post, "tokens", new CreateTokenRequest(user, name), cancellation);

    public Task DeleteTokenAsync(Guid id, CancellationToken cancellation = default) =>
        api.SendAsync(HttpMethod.Delete, $"tokens/{id}", null, cancellation);

    private static string Route(string name) => $"users/{ApiConnection.Escape(name)}";
}
