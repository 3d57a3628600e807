using System.Text.Json;
using Futago.Console.Postgres;
using Futago.Engine.Contracts;
using Futago.Persistence;

namespace Futago.Console.Api;

/// <summary>The one place where exceptions become answers. What nobody expected is logged, and told without details.</summary>
public sealed partial class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to answer.
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            var problem = ToProblem(e);
            if (problem.Problem.Code == ProblemCodes.Internal)
                LogUnexpected(logger, context.Request.Method, context.Request.Path, e);
            await AnswerAsync(context, problem);
        }
    }

    private static async Task AnswerAsync(HttpContext context, ProblemException problem)
    {
        context.Response.Clear();
        if (!context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal) && problem.Problem.Code == ProblemCodes.DatabaseUnreachable)
            DatabaseGate.RedirectToStarting(context);
        else
            await ProblemResponse.WriteAsync(context, problem);
    }

    private static ProblemException ToProblem(Exception e) => e switch
    {
        ProblemException problem => problem,
        _ when Database.IsUnreachable(e) => Database.Unreachable(),
        BadHttpRequestException bad => new ProblemException(new Problem(ProblemCodes.RequestMalformed, Describe(bad)), bad.StatusCode),
        _ => new ProblemException(new Problem(ProblemCodes.Internal, "The console failed to do this; its log has the details."), 500),
    };

    private static string Describe(BadHttpRequestException bad) => bad.InnerException is JsonException json
        ? $"The request's JSON cannot be read{(json.Path is null or "$" ? "" : $" at {json.Path}")}."
        : $"The request cannot be read: {bad.Message}";

    [LoggerMessage(2301, LogLevel.Error, "{Method} {Path} failed unexpectedly")]
    private static partial void LogUnexpected(ILogger logger, string method, string path, Exception exception);
}
