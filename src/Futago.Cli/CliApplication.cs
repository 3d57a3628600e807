using System.CommandLine;
using System.CommandLine.Invocation;
using System.Text.Json;
using Futago.Cli.Commands;
using Futago.Cli.Output;
using Futago.Engine.Contracts;

namespace Futago.Cli;

/// <summary>The <c>futago</c> command: parses, runs one verb, and turns whatever happens into an exit code and one sentence.</summary>
public static class CliApplication
{
    // Response files would make "@name" mean a file's content, and "-xy" is a typing mistake, not "-x -y".
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };

    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, CliEnvironment environment, CancellationToken cancellation = default)
    {
        var globals = new GlobalOptions();
        var parse = CommandTree.Create(globals).Parse(args, Parsing);
        var json = parse.GetResult(globals.Json) is { Implicit: false };
        try
        {
            // Verbs have no action of the parser's: what has one is help, version or completion.
            if (parse.Action is not (null or ParseErrorAction))
                return await parse.InvokeAsync(new InvocationConfiguration { Output = environment.Output, Error = environment.Error }, cancellation);
            if (parse.Errors is [var first, ..])
                throw new UsageException(UsageSentence.Of(first, parse));
            if (parse.CommandResult.Command is not Verb verb)
                throw new UsageException("Say what to do: futago NOUN VERB; futago --help lists both.");
            using var call = new Invocation(parse, globals, environment, cancellation);
            return await verb.RunAsync(call);
        }
        catch (UsageException e)
        {
            return Fail(environment, json, new ErrorReport(null, ProblemCodes.RequestMalformed, e.Message, null, null), ExitCode.Usage);
        }
        catch (ProblemException e)
        {
            return Fail(environment, json, ErrorReport.Of(e), ExitCode.Failed);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return Fail(environment, json, new ErrorReport(null, ProblemCodes.Internal, "Interrupted. What was sent already may still be carried out.", null, null), ExitCode.Failed);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail(environment, json, new ErrorReport(null, ProblemCodes.Internal, e.Message, null, null), ExitCode.Failed);
        }
    }

    private static int Fail(CliEnvironment environment, bool json, ErrorReport report, int exitCode)
    {
        environment.Error.WriteLine(json ? JsonSerializer.Serialize(report, EngineJson.Options) : $"futago: {report.Detail}");
        return exitCode;
    }
}
