using Futago.Console.Client.Shares;
using Futago.Console.Components.Dialogs;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Shares;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Pages;

/// <summary>Shares, the users who may connect to them, and who is connected.</summary>
public sealed partial class Shares
{
    private static readonly TimeSpan ConnectionsInterval = TimeSpan.FromSeconds(2);

    private IReadOnlyList<ShareUserInfo> _users = [];
    private IReadOnlyList<ShareConnectionInfo> _connections = [];
    private Problem? _connectionsProblem;
    private ITimer? _timer;
    private long _connectionsAt;

    [Inject]
    public required IShares Service { get; init; }

    [Inject]
    public required TimeProvider Clock { get; init; }

    // Who is connected does not come with the live status: the engine has to ask Samba, which it does only for somebody who looks.
    protected override async Task OnInitializedAsync()
    {
        await ReadAsync();
        _timer = Clock.CreateTimer(_ => ShowChange(), null, ConnectionsInterval, ConnectionsInterval);
    }

    protected override Task OnLiveChangedAsync() =>
        Live.Connected && Clock.GetElapsedTime(_connectionsAt) >= ConnectionsInterval * 0.9 ? ReadConnectionsAsync() : Task.CompletedTask;

    protected override void Dispose(bool disposing)
    {
        _timer?.Dispose();
        base.Dispose(disposing);
    }

    /// <summary><c>SMB3_11</c> → <c>SMB 3.1.1</c>, as everybody else writes it.</summary>
    private static string Protocol(string? dialect) => dialect switch
    {
        null => CommonText.None,
        "SMB3_11" => "SMB 3.1.1",
        "SMB3_02" => "SMB 3.0.2",
        "SMB3_00" => "SMB 3.0",
        "SMB2_10" => "SMB 2.1",
        "SMB2_02" => "SMB 2.0.2",
        _ => dialect,
    };

    private static string Source(ShareInfo share) => share.Volume is null ? CommonText.None : share.Snapshot is null ? share.Volume : $"{share.Volume}@{share.Snapshot}";

    private Task ReadAsync() => LoadAsync(async () =>
    {
        _users = await Service.ListUsersAsync();
        await FetchConnectionsAsync();
    });

    // Also mends what an earlier reading could not: the users are not read again each time.
    private Task ReadConnectionsAsync() => LoadProblem is null ? FetchConnectionsAsync() : ReadAsync();

    // A problem of their own: the users can be read, and a list that is old or empty would say something that nobody knows.
    private async Task FetchConnectionsAsync()
    {
        _connectionsAt = Clock.GetTimestamp();
        try
        {
            _connections = await Service.ListConnectionsAsync();
            _connectionsProblem = null;
        }
        catch (ProblemException e)
        {
            _connectionsProblem = e.Problem;
        }
    }

    private async Task CreateAsync()
    {
        var created = await ShowForAsync<ShareDialog>(
            SharesText.Create,
            (nameof(ShareDialog.Volumes), Live.Volumes),
            (nameof(ShareDialog.Snapshots), Live.Snapshots),
            (nameof(ShareDialog.Users), _users));
        if (created is ShareInfo share)
            Notifications.Notify(Radzen.NotificationSeverity.Success, Sentence.Of(SharesText.CreatedShare, share.Name));
    }

    private Task<bool> EditAsync(ShareInfo share) => ShowAsync<ShareDialog>(
        Sentence.Of(SharesText.EditTitle, share.Name),
        (nameof(ShareDialog.Volumes), Live.Volumes),
        (nameof(ShareDialog.Snapshots), Live.Snapshots),
        (nameof(ShareDialog.Users), _users),
        (nameof(ShareDialog.Share), share));

    private Task<bool> DeleteAsync(ShareInfo share)
    {
        var connected = _connections.Count(c => c.Share == share.Name);
        string[] disturbed = _connectionsProblem is not null ? [SharesText.DeleteDisturbsUnknown] : connected == 0 ? [] : [Sentence.Of(SharesText.DeleteDisturbs, connected)];
        return ShowAsync<ConsequenceDialog>(
            SharesText.DeleteTitle,
            (nameof(ConsequenceDialog.Text), Sentence.Of(SharesText.DeleteText, share.Name)),
            (nameof(ConsequenceDialog.Consequences), disturbed),
            (nameof(ConsequenceDialog.ConfirmName), share.Name),
            (nameof(ConsequenceDialog.ActionLabel), CommonText.Delete),
            (nameof(ConsequenceDialog.Action), (Func<string, Task>)(typed => Service.DeleteAsync(share.Name, typed))));
    }

    private Task AddUserAsync() => SetUserAsync(SharesText.AddUser, null);

    private Task ChangePasswordAsync(ShareUserInfo user) => SetUserAsync(Sentence.Of(SharesText.NewPasswordOf, user.Name), user.Name);

    private async Task SetUserAsync(string title, string? name)
    {
        if (await ShowForAsync<ShareUserDialog>(title, (nameof(ShareUserDialog.UserName), name)) is not ShareUserInfo user)
            return;
        Notifications.Notify(Radzen.NotificationSeverity.Success, Sentence.Of(SharesText.UserSaved, user.Name));
        await ReadAsync();
    }

    private async Task DeleteUserAsync(ShareUserInfo user)
    {
        if (await ShowAsync<ConsequenceDialog>(
            SharesText.DeleteUserTitle,
            (nameof(ConsequenceDialog.Text), Sentence.Of(SharesText.DeleteUserText, user.Name)),
            (nameof(ConsequenceDialog.ConfirmName), user.Name),
            (nameof(ConsequenceDialog.ActionLabel), CommonText.Delete),
            (nameof(ConsequenceDialog.Action), (Func<string, Task>)(_ => Service.DeleteUserAsync(user.Name)))))
            await ReadAsync();
    }
}
