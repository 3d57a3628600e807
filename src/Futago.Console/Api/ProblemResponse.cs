using Futago.Engine.Contracts;
using Microsoft.AspNetCore.WebUtilities;

namespace Futago.Console.Api;

/// <summary>RFC 9457 problem documents with the product's codes.</summary>
public static class ProblemResponse
{
    public static Task WriteAsync(HttpContext context, ProblemException exception)
    {
        context.Response.StatusCode = exception.Status;
        var problem = exception.Problem;
        return context.Response.WriteAsJsonAsync(
            new ProblemDocument("about:blank", ReasonPhrases.GetReasonPhrase(exception.Status), exception.Status, problem.Code, problem.Detail, problem.Field, problem.Args),
            EngineJson.Options, "application/problem+json", context.RequestAborted);
    }

    /// <summary>Section 3.1 of RFC 9457, and the extension members that every error of the product has.</summary>
    public sealed record ProblemDocument(
        string Type, string Title, int Status, string Code, string Detail, string? Field, IReadOnlyDictionary<string, string>? Args);
}
