using System.Text.Json;
using Futago.Engine.Contracts;
using Futago.Engine.Status;
using Futago.Volumes;
using Microsoft.AspNetCore.WebUtilities;

namespace Futago.Engine.Api;

/// <summary>The one place where exceptions become responses.</summary>
internal sealed partial class ProblemResponses(RequestDelegate next, ILogger<ProblemResponses> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (context.Response is { StatusCode: >= 400, HasStarted: false })
                await WriteAsync(context, Unrouted(context));
        }
        catch (ProblemException e)
        {
            await WriteAsync(context, e);
        }
        catch (StorageException e)
        {
            await WriteAsync(context, Mapping.ToException(e));
        }
        catch (BadHttpRequestException e)
        {
            await WriteAsync(context, new ProblemException(
                new Problem(ProblemCodes.RequestMalformed, "The request is malformed: " + ((e.InnerException as JsonException)?.Path is { } path
                    ? $"the value at {path} is not acceptable."
                    : "its body or parameters cannot be read.")),
                e.StatusCode));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to read an answer.
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            LogUnexpected(logger, context.Request.Method, context.Request.Path, e);
            await WriteAsync(context, new ProblemException(
                new Problem(ProblemCodes.Internal, $"The engine could not do this because of a fault ({e.GetType().Name}: {e.Message}); its log says more."), 500));
        }
    }

    private static ProblemException Unrouted(HttpContext context) => new(
        new Problem(ProblemCodes.RequestMalformed, $"The engine does not know {context.Request.Method} {context.Request.Path}."), context.Response.StatusCode);

    private static Task WriteAsync(HttpContext context, ProblemException e)
    {
        if (context.Response.HasStarted)
            return Task.CompletedTask;
        context.Response.StatusCode = e.Status;
        var document = new ProblemDocument(
            "about:blank", ReasonPhrases.GetReasonPhrase(e.Status), e.Status, e.Problem.Code, e.Problem.Detail, e.Problem.Field, e.Problem.Args);
        return context.Response.WriteAsJsonAsync(document, EngineJson.Options, "application/problem+json", context.RequestAborted);
    }

    [LoggerMessage(2101, LogLevel.Error, "{Method} {Path} failed")]
    private static partial void LogUnexpected(ILogger logger, string method, string path, Exception exception);
}
