using Futago.Console.Client.Users;

namespace Futago.Console.Api;

internal static class TokenEndpoints
{
    public static void MapTokens(this RouteGroupBuilder api)
    {
        var tokens = api.MapGroup("/tokens").Administrators();
        tokens.MapGet("/", (IUsers users, CancellationToken cancellation) => users.ListTokensAsync(cancellation));
        tokens.MapPost("/", (CreateTokenRequest request, IUsers users, CancellationToken cancellation) => users.CreateTokenAsync(request.User, request.Name, cancellation));
        tokens.MapDelete("/{id:guid}", async (Guid id, IUsers users, CancellationToken cancellation) =>
        {
            await users.DeleteTokenAsync(id, cancellation);
            return TypedResults.NoContent();
        });
    }

    /// <param name="User">Whose role the token gets.</param>
    /// <param name="Name">What it is for.</param>
    internal sealed record CreateTokenRequest(string User, string Name);
}
