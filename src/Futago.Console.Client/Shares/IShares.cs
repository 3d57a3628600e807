using Futago.Engine.Contracts.Shares;

namespace Futago.Console.Client.Shares;

/// <summary>Shares of NAS volumes over SMB, and the users who may connect to them.</summary>
public interface IShares
{
    Task<IReadOnlyList<ShareInfo>> ListAsync(CancellationToken cancellation = default);

    Task<ShareInfo> CreateAsync(CreateShareRequest request, CancellationToken cancellation = default);

    Task<ShareInfo> UpdateAsync(string name, UpdateShareRequest request, CancellationToken cancellation = default);

    /// <summary>Ends the offer; the files stay on the volume.</summary>
    /// <param name="confirm">The share's name, typed again.</param>
    Task DeleteAsync(string name, string confirm, CancellationToken cancellation = default);

    Task<IReadOnlyList<ShareUserInfo>> ListUsersAsync(CancellationToken cancellation = default);

    /// <summary>Adds the user, or gives one that is there a new password.</summary>
    Task<ShareUserInfo> SetUserAsync(string name, SetShareUserRequest request, CancellationToken cancellation = default);

    Task DeleteUserAsync(string name, CancellationToken cancellation = default);

    /// <summary>Who is connected now.</summary>
    Task<IReadOnlyList<ShareConnectionInfo>> ListConnectionsAsync(CancellationToken cancellation = default);

    Task<SmbServiceInfo> GetServiceAsync(CancellationToken cancellation = default);
}
