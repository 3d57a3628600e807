using Futago.Console.Client.Shares;
using Futago.Console.Components.Dialogs;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Engine.Contracts.Shares;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Pages;

/// <summary>Shares, the users who may connect to them, and who is connected.</summary>
public sealed partial class Shares
{
    private IReadOnlyList<ShareUserInfo> _users = [];
    private IReadOnlyList<ShareConnectionInfo> _connections = [];

    [Inject]
    public required IShares Service { get; init; }

    protected override Task OnInitializedAsync() => ReadAsync();

    private static string Source(ShareInfo share) => share.Volume is null ? CommonText.None : share.Snapshot is null ? share.Volume : $"{share.Volume}@{share.Snapshot}";

    private Task ReadAsync() => LoadAsync(async () =>
    {
        _users = await Service.ListUsersAsync();
        _connections = await Service.ListConnectionsAsync();
    });

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
        return ShowAsync<ConsequenceDialog>(
            SharesText.DeleteTitle,
            (nameof(ConsequenceDialog.Text), Sentence.Of(SharesText.DeleteText, share.Name)),
            (nameof(ConsequenceDialog.Consequences), connected == 0 ? Array.Empty<string>() : [Sentence.Of(SharesText.DeleteDisturbs, connected)]),
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
