using Futago.Console.Client.Events;
using Futago.Console.Client.Shares;
using Futago.Console.Client.Users;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Shares;
using Futago.Engine.Contracts.Volumes;
using Futago.Management.Access;
using Futago.Management.Engine;
using Futago.Management.Events;

namespace Futago.Management.Shares;

/// <summary>Shares live in the engine; the console adds who may do what and the audit log.</summary>
public sealed class ShareManager(EngineClient engine, ICurrentActor currentActor, AuditLog audit, LiveRefresh live) : IShares
{
    public async Task<IReadOnlyList<ShareInfo>> ListAsync(CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        return await engine.ListSharesAsync(cancellation);
    }

    public async Task<ShareInfo> CreateAsync(CreateShareRequest request, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var share = await engine.CreateShareAsync(request, cancellation);
        await live.SharesAsync(cancellation);
        await audit.RecordAsync(actor, ConsoleEventCodes.ShareCreated, share.Name, $"Share {share.Name} of {request.Volume} was created.", after: Summary(share));
        return share;
    }

    public async Task<ShareInfo> UpdateAsync(string name, UpdateShareRequest request, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var before = (await engine.ListSharesAsync(cancellation)).FirstOrDefault(s => string.Equals(s.Name, name, StringComparison.OrdinalIgnoreCase));
        var after = await engine.UpdateShareAsync(name, request, cancellation);
        await live.SharesAsync(cancellation);
        await audit.RecordAsync(actor, ConsoleEventCodes.ShareChanged, after.Name, $"Share {after.Name} was changed.", before is null ? null : Summary(before), Summary(after));
        return after;
    }

    public async Task DeleteAsync(string name, string confirm, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        await engine.DeleteShareAsync(name, new DeleteRequest(confirm), cancellation);
        await live.SharesAsync(cancellation);
        await audit.RecordAsync(actor, ConsoleEventCodes.ShareDeleted, name, $"Share {name} was deleted.");
    }

    public async Task<IReadOnlyList<ShareUserInfo>> ListUsersAsync(CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        return await engine.ListShareUsersAsync(cancellation);
    }

    public async Task<ShareUserInfo> SetUserAsync(string name, SetShareUserRequest request, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var user = await engine.SetShareUserAsync(name, request, cancellation);
        await audit.RecordAsync(actor, ConsoleEventCodes.ShareUserSet, user.Name, $"Share user {user.Name} was added, or has a new password.");
        return user;
    }

    public async Task DeleteUserAsync(string name, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        await engine.DeleteShareUserAsync(name, cancellation);
        await audit.RecordAsync(actor, ConsoleEventCodes.ShareUserDeleted, name, $"Share user {name} was deleted.");
    }

    public async Task<IReadOnlyList<ShareConnectionInfo>> ListConnectionsAsync(CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        return await engine.ListShareConnectionsAsync(cancellation);
    }

    public async Task<SmbServiceInfo> GetServiceAsync(CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        return await engine.GetSmbServiceAsync(cancellation);
    }

    private static object Summary(ShareInfo share) =>
        new { share.Volume, share.Snapshot, share.Folder, share.ReadOnly, share.Guest, share.AllowedHosts, share.Users, share.Comment };
}
