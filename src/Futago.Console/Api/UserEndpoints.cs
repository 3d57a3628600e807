using Futago.Console.Client.Users;
using Futago.Engine.Contracts.Volumes;
using Microsoft.AspNetCore.Mvc;

namespace Futago.Console.Api;

internal static class UserEndpoints
{
    public static void MapUsers(this RouteGroupBuilder api)
    {
        var users = api.MapGroup("/users").Administrators();
        users.MapGet("/", (IUsers users, CancellationToken cancellation) => users.ListAsync(cancellation));
        users.MapPost("/", (CreateUserRequest request, IUsers users, CancellationToken cancellation) => users.CreateAsync(request, cancellation));
        // Open to everybody, for one's own password; the use case looks closer.
        api.MapPatch("/users/{name}", (string name, UpdateUserRequest request, IUsers users, CancellationToken cancellation) => users.UpdateAsync(name, request, cancellation));
        users.MapDelete("/{name}", async (string name, [FromBody] DeleteRequest request, IUsers users, CancellationToken cancellation) =>
        {
            await users.DeleteAsync(name, request.Confirm, cancellation);
            return TypedResults.NoContent();
        });
    }
}
