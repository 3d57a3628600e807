using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Futago.Console;

/// <summary>Serves the Blazor script that <c>BlazorScript.targets</c> embedded.</summary>
public static class BlazorScriptEndpoint
{
    private const string ResourceName = "blazor.web.js";

    public static void MapBlazorScript(this IEndpointRouteBuilder routes)
    {
        using var resource = typeof(BlazorScriptEndpoint).Assembly.GetManifestResourceStream(ResourceName)
            ?? throw new InvalidOperationException($"The resource {ResourceName} is missing from the build.");
        using var copy = new MemoryStream();
        resource.CopyTo(copy);
        var script = copy.ToArray();
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(script)[..16])}\"");

        routes.MapGet("/_framework/blazor.web.js", (HttpContext context) =>
        {
            // The address never changes, so that the browser has to ask each time whether the script is still the same.
            context.Response.Headers.CacheControl = "no-cache";
            return Results.Bytes(script, "text/javascript", entityTag: tag);
        }).AllowAnonymous().ExcludeFromDescription();
    }
}
