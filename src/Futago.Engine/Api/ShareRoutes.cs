using Futago.Engine.Contracts.Shares;
using Futago.Engine.Contracts.Volumes;
using Futago.Engine.Shares;
using Microsoft.AspNetCore.Mvc;

namespace Futago.Engine.Api;

internal static class ShareRoutes
{
    public static void MapShares(this RouteGroupBuilder api)
    {
        api.MapGet("/shares", (ShareService shares) => shares.Shares);
        api.MapPost("/shares", (ShareService shares, CreateShareRequest request) => shares.CreateAsync(request));
        api.MapPatch("/shares/{name}", (ShareService shares, string name, UpdateShareRequest request) => shares.UpdateAsync(name, request));
        api.MapDelete("/shares/{name}", async (ShareService shares, string name, [FromBody] DeleteRequest request) =>
        {
            await shares.DeleteAsync(name, request.Confirm);
            return Results.NoContent();
        });
        api.MapGet("/share-users", (ShareService shares) => shares.Users);
        api.MapPut("/share-users/{name}", (ShareService shares, string name, SetShareUserRequest request) => shares.SetUserAsync(name, request));
        api.MapDelete("/share-users/{name}", async (ShareService shares, string name) =>
        {
            await shares.DeleteUserAsync(name);
            return Results.NoContent();
        });
        api.MapGet("/share-connections", (ShareService shares) => shares.ListConnectionsAsync());
        api.MapGet("/smb", (ShareService shares) => shares.Service);
    }
}
