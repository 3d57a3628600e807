using Futago.Console.Client.Shares;
using Futago.Engine.Contracts.Shares;
using Futago.Engine.Contracts.Volumes;
using Microsoft.AspNetCore.Mvc;

namespace Futago.Console.Api;

internal static class ShareEndpoints
{
    public static void MapShares(this RouteGroupBuilder api)
    {
        api.MapGet("/shares", (IShares shares, CancellationToken cancellation) => shares.ListAsync(cancellation));
        api.MapPost("/shares", (CreateShareRequest request, IShares shares, CancellationToken cancellation) =>
            shares.CreateAsync(request, cancellation)).Administrators();
        api.MapPatch("/shares/{name}", (string name, UpdateShareRequest request, IShares shares, CancellationToken cancellation) =>
            shares.UpdateAsync(name, request, cancellation)).Administrators();
        api.MapDelete("/shares/{name}", async (string name, [FromBody] DeleteRequest request, IShares shares, CancellationToken cancellation) =>
        {
            await shares.DeleteAsync(name, request.Confirm, cancellation);
            return TypedResults.NoContent();
        }).Administrators();
        api.MapGet("/share-users", (IShares shares, CancellationToken cancellation) => shares.ListUsersAsync(cancellation));
        api.MapPut("/share-users/{name}", (string name, SetShareUserRequest request, IShares shares, CancellationToken cancellation) =>
            shares.SetUserAsync(name, request, cancellation)).Administrators();
        api.MapDelete("/share-users/{name}", async (string name, IShares shares, CancellationToken cancellation) =>
        {
            await shares.DeleteUserAsync(name, cancellation);
            return TypedResults.NoContent();
        }).Administrators();
        api.MapGet("/share-connections", (IShares shares, CancellationToken cancellation) => shares.ListConnectionsAsync(cancellation));
        api.MapGet("/smb", (IShares shares, CancellationToken cancellation) => shares.GetServiceAsync(cancellation));
    }
}
