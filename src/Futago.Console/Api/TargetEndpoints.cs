using Futago.Console.Client.Targets;
using Futago.Engine.Contracts.Volumes;
using Microsoft.AspNetCore.Mvc;

namespace Futago.Console.Api;

internal static class TargetEndpoints
{
    public static void MapTargets(this RouteGroupBuilder api)
    {
        api.MapGet("/targets", (ITargets targets, CancellationToken cancellation) => targets.ListAsync(cancellation));
        api.MapPost("/targets", (CreateTargetRequest request, ITargets targets, CancellationToken cancellation) =>
            targets.CreateAsync(request, cancellation)).Administrators();
        api.MapGet("/targets/suggested-name", (ITargets targets, CancellationToken cancellation) => targets.SuggestNameAsync(cancellation));
        api.MapGet("/targets/{name}", (string name, ITargets targets, CancellationToken cancellation) => targets.GetAsync(name, cancellation));
        api.MapPatch("/targets/{name}", (string name, UpdateTargetRequest request, ITargets targets, CancellationToken cancellation) =>
            targets.UpdateAsync(name, request, cancellation)).Administrators();
        api.MapDelete("/targets/{name}", async (string name, [FromBody] DeleteRequest request, ITargets targets, CancellationToken cancellation) =>
        {
            await targets.DeleteAsync(name, request.Confirm, cancellation);
            return TypedResults.NoContent();
        }).Administrators();
        api.MapPost("/targets/{name}/start", (string name, ITargets targets, CancellationToken cancellation) =>
            targets.StartAsync(name, cancellation)).Operators();
        api.MapPost("/targets/{name}/stop", (string name, ITargets targets, CancellationToken cancellation) =>
            targets.StopAsync(name, cancellation)).Operators();
        api.MapPost("/targets/{name}/access-rules", (string name, AllowRequest request, ITargets targets, CancellationToken cancellation) =>
            targets.AllowAsync(name, request, cancellation)).Administrators();
        api.MapDelete("/targets/{name}/access-rules/{id:guid}", (string name, Guid id, ITargets targets, CancellationToken cancellation) =>
            targets.RemoveAccessRuleAsync(name, id, cancellation)).Administrators();
    }
}
