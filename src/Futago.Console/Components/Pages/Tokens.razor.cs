using Futago.Console.Client.Users;
using Futago.Console.Components.Dialogs;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Pages;

/// <summary>Tokens by which programs use the API in a user's name.</summary>
public sealed partial class Tokens
{
    private IReadOnlyList<TokenView> _tokens = [];

    [Inject]
    public required IUsers Service { get; init; }

    protected override Task OnInitializedAsync() => ReadAsync();

    private Task ReadAsync() => LoadAsync(async () => _tokens = await Service.ListTokensAsync());

    private async Task CreateAsync()
    {
        if (await ShowForAsync<TokenDialog>(UsersText.CreateToken, (nameof(TokenDialog.UserName), Access.Name)) is not TokenView token)
            return;
        await ReadAsync();
        await ShowAsync<TokenValueDialog>(Sentence.Of(UsersText.TokenCreated, token.Name), (nameof(TokenValueDialog.Value), token.Value));
    }

    private async Task DeleteAsync(TokenView token)
    {
        if (await ShowAsync<ConsequenceDialog>(
            UsersText.DeleteToken,
            (nameof(ConsequenceDialog.Text), Sentence.Of(UsersText.DeleteTokenText, token.Name)),
            (nameof(ConsequenceDialog.ActionLabel), CommonText.Delete),
            (nameof(ConsequenceDialog.Action), (Func<string, Task>)(_ => Service.DeleteTokenAsync(token.Id)))))
            await ReadAsync();
    }
}
