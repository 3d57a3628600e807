using Futago.Console.Client.Shares;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Shares;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Console.Client.Http;

internal sealed class HttpShares(ApiConnection api) : IShares
{
    public Task<IReadOnlyList<ShareInfo>> ListAsync(CancellationToken cancellation = default) =>
        api.GetAsync<IReadOnlyList<ShareInfo>>("shares", cancellation);

    public Task<ShareInfo> CreateAsync(CreateShareRequest request, CancellationToken cancellation = default) =>
        api.SendAsync<ShareInfo>(HttpMethod.Post, "shares", request, cancellation);

    public Task<ShareInfo> UpdateAsync(string name, UpdateShareRequest request, CancellationToken cancellation = default) =>
        api.SendAsync<ShareInfo>(HttpMethod.Patch, $"shares/{ApiConnection.Escape(name)}", request, cancellation);

    public Task DeleteAsync(string name, string confirm, CancellationToken cancellation = default) =>
        api.SendAsync(HttpMethod.Delete, $"shares/{ApiConnection.Escape(name)}", new DeleteRequest(confirm), cancellation);

    public Task<IReadOnlyList<ShareUserInfo>> ListUsersAsync(CancellationToken cancellation = default) =>
        api.GetAsync<IReadOnlyList<ShareUserInfo>>("share-users", cancellation);

    public Task<ShareUserInfo> SetUserAsync(string name, SetShareUserRequest request, CancellationToken cancellation = default) =>
        api.SendAsync<ShareUserInfo>(HttpMethod.Put, $"share-users/{ApiConnection.Escape(name)}", request, cancellation);

    public Task DeleteUserAsync(string name, CancellationToken cancellation = default) =>
        api.SendAsync(HttpMethod.Delete, $"share-users/{ApiConnection.Escape(name)}", null, cancellation);

    public Task<IReadOnlyList<ShareConnectionInfo>> ListConnectionsAsync(CancellationToken cancellation = default) =>
        api.GetAsync<IReadOnlyList<ShareConnectionInfo>>("share-connections", cancellation);

    public Task<SmbServiceInfo> GetServiceAsync(CancellationToken cancellation = default) =>
        api.GetAsync<SmbServiceInfo>("smb", cancellation);
}
