using Futago.Console.Client.DataReplication;
using Futago.Engine.Contracts.Volumes;
using Microsoft.AspNetCore.Mvc;

namespace Futago.Console.Api;

internal static class DataReplicationEndpoints
{
    public static void MapDataReplication(this RouteGroupBuilder api)
    {
        api.MapGet("/data-replication", (IDataReplication tasks, CancellationToken cancellation) => tasks.ListAsync(cancellation));
        api.MapPost("/data-replication", (CreateReplicationTask request, IDataReplication tasks, CancellationToken cancellation) =>
            tasks.CreateAsync(request, cancellation)).Administrators();
        api.MapPost("/data-replication/browse", (BrowseRequest request, IDataReplication tasks, CancellationToken cancellation) =>
            tasks.BrowseAsync(request, cancellation)).Administrators();
        api.MapPost("/data-replication/test", (TestRequest request, IDataReplication tasks, CancellationToken cancellation) =>
            tasks.TestAsync(request, cancellation)).Administrators();
        api.MapGet("/data-replication/tasks/{name}", (string name, IDataReplication tasks, CancellationToken cancellation) => tasks.GetAsync(name, cancellation));
        api.MapPatch("/data-replication/tasks/{name}", (string name, UpdateReplicationTask request, IDataReplication tasks, CancellationToken cancellation) =>
            tasks.UpdateAsync(name, request, cancellation)).Administrators();
        api.MapDelete("/data-replication/tasks/{name}", async (string name, [FromBody] DeleteRequest request, IDataReplication tasks, CancellationToken cancellation) =>
        {
            await tasks.DeleteAsync(name, request.Confirm, cancellation);
            return TypedResults.NoContent();
        }).Administrators();
        api.MapPost("/data-replication/tasks/{name}/start", (string name, IDataReplication tasks, CancellationToken cancellation) =>
            tasks.StartAsync(name, cancellation)).Operators();

        api.MapGet("/agent", (IReplicationAgent agent, CancellationToken cancellation) => agent.GetAsync(cancellation));
        api.MapPatch("/agent", (UpdateAgentRequest request, IReplicationAgent agent, CancellationToken cancellation) => agent.UpdateAsync(request, cancellation)).Administrators();
        api.MapPut("/agent/shares/{share}", (string share, SetAgentShareRequest request, IReplicationAgent agent, CancellationToken cancellation) =>
            agent.SetShareAsync(share, request, cancellation)).Administrators();
        api.MapDelete("/agent/shares/{share}", async (string share, IReplicationAgent agent, CancellationToken cancellation) =>
        {
            await agent.RemoveShareAsync(share, cancellation);
            return TypedResults.NoContent();
        }).Administrators();
    }
}
