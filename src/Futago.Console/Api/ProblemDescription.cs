using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Futago.Console.Api;

/// <summary>Says of every operation in the OpenAPI document that whatever is not done is answered with a problem document.</summary>
internal static class ProblemDescription
{
    private const string SchemaName = nameof(ProblemResponse.ProblemDocument);

    public static async Task AddAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        var schema = await context.GetOrCreateSchemaAsync(typeof(ProblemResponse.ProblemDocument), null, cancellation);
        context.Document!.AddComponent(SchemaName, schema);
        operation.Responses ??= [];
        operation.Responses["default"] = new OpenApiResponse
        {
            Description = "Not done, and why (RFC 9457): 400 bad input, 401 not signed in, 403 not allowed, 404 no such object, 409 not possible now, 503 engine or database away.",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(SchemaName, context.Document) },
            },
        };
    }
}
