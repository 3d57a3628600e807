using Futago.Console.Client.Http;
using Futago.Engine.Contracts;

namespace Futago.Cli;

/// <summary>
/// Reading goes on with the console down: straight to the engine, which is what serves the data. Changes never do, because the
/// console owns the configuration and would undo them.
/// </summary>
internal static class Fallback
{
    public static Task<T> ReadAsync<T>(Invocation call, Func<ConsoleClient, Task<T>> console, Func<EngineClient, Task<T>> engine) =>
        RunAsync(call, () => console(call.Console), engine);

    /// <param name="engine">Not called when the engine's socket is unknown; the console's problem stands then.</param>
    public static async Task<T> RunAsync<T>(Invocation call, Func<Task<T>> console, Func<EngineClient, Task<T>> engine)
    {
        ProblemException cause;
        try
        {
            return await console();
        }
        catch (ProblemException e) when (IsDown(e) && call.Engine is not null)
        {
            cause = e;
        }
        T answer;
        try
        {
            answer = await engine(call.Engine!);
        }
        catch (ProblemException e) when (e.Problem.Code == ProblemCodes.EngineUnreachable)
        {
            // Neither answers: what the person addressed is the console.
            throw cause;
        }
        call.Note("The console does not answer; this comes straight from the engine.");
        return answer;
    }

    /// <summary>The console itself, or the database that it cannot answer without, is not there.</summary>
    public static bool IsDown(ProblemException problem) => problem.Problem.Code is ProblemCodes.ConsoleUnreachable or ProblemCodes.DatabaseUnreachable;
}
