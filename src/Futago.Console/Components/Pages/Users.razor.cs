using Futago.Console.Client.Users;
using Futago.Console.Components.Dialogs;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Pages;

/// <summary>Who may sign in, and what each may do.</summary>
public sealed partial class Users
{
    private IReadOnlyList<UserView> _users = [];

    [Inject]
    public required IUsers Service { get; init; }

    protected override Task OnInitializedAsync() => ReadAsync();

    private Task ReadAsync() => LoadAsync(async () => _users = await Service.ListAsync());

    private Task CreateAsync() => ShowAndReadAsync<UserDialog>(UsersText.Create);

    private Task ChangeRoleAsync(UserView user) => ShowAndReadAsync<RoleDialog>(Sentence.Of(UsersText.RoleOf, user.Name), (nameof(RoleDialog.User), user));

    private Task ChangePasswordAsync(UserView user) =>
        ShowAndReadAsync<PasswordDialog>(Sentence.Of(UsersText.PasswordOf, user.Name), (nameof(PasswordDialog.User), user));

    private Task DeleteAsync(UserView user) => ShowAndReadAsync<ConsequenceDialog>(
        UsersText.DeleteTitle,
        (nameof(ConsequenceDialog.Text), Sentence.Of(UsersText.DeleteText, user.Name)),
        (nameof(ConsequenceDialog.Consequences), (string[])[UsersText.DeleteLosesTokens]),
        (nameof(ConsequenceDialog.ConfirmName), user.Name),
        (nameof(ConsequenceDialog.ActionLabel), CommonText.Delete),
        (nameof(ConsequenceDialog.Action), (Func<string, Task>)(typed => Service.DeleteAsync(user.Name, typed))));

    private async Task ShowAndReadAsync<TDialog>(string title, params (string Name, object? Value)[] parameters) where TDialog : ComponentBase
    {
        if (await ShowAsync<TDialog>(title, parameters))
            await ReadAsync();
    }
}
