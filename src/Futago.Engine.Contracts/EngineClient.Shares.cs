using Futago.Engine.Contracts.Shares;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Engine.Contracts;

public sealed partial class EngineClient
{
    public Task<IReadOnlyList<ShareInfo>> ListSharesAsync(CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<ShareInfo>>("v1/shares", cancellation);

    public Task<ShareInfo> CreateShareAsync(CreateShareRequest request, CancellationToken cancellation = default) =>
        SendAsync<ShareInfo>(HttpMethod.Post, "v1/shares", request, cancellation);

    public Task<ShareInfo> UpdateShareAsync(string name, UpdateShareRequest request, CancellationToken cancellation = default) =>
        SendAsync<ShareInfo>(HttpMethod.Patch, $"v1/shares/{Escape(name)}", request, cancellation);

    /// <summary>Ends the offer; the files stay on the volume.</summary>
    public Task DeleteShareAsync(string name, DeleteRequest request, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Delete, $"v1/shares/{Escape(name)}", request, cancellation);

    public Task<IReadOnlyList<ShareUserInfo>> ListShareUsersAsync(CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<ShareUserInfo>>("v1/share-users", cancellation);

    /// <summary>Adds the user, or gives one that is there a new password.</summary>
    public Task<ShareUserInfo> SetShareUserAsync(string name, SetShareUserRequest request, CancellationToken cancellation = default) =>
        SendAsync<ShareUserInfo>(HttpMethod.Put, $"v1/share-users/{Escape(name)}", request, cancellation);

    public Task DeleteShareUserAsync(string name, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Delete, $"v1/share-users/{Escape(name)}", null, cancellation);

    public Task<IReadOnlyList<ShareConnectionInfo>> ListShareConnectionsAsync(CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<ShareConnectionInfo>>("v1/share-connections", cancellation);

    public Task<SmbServiceInfo> GetSmbServiceAsync(CancellationToken cancellation = default) =>
        GetAsync<SmbServiceInfo>("v1/smb", cancellation);
}
