using Futago.Engine.Contracts;

namespace Futago.Cli;

/// <summary>Reads secrets from where other users of the machine cannot see them: a file or standard input, never the command line.</summary>
internal static class SecretFile
{
    /// <summary>In characters; longer than any secret, token or password.</summary>
    private const int MaxCharacters = 4096;

    /// <param name="source">A file, or <c>-</c> for standard input. One newline at its end is not part of the secret.</param>
    /// <param name="option">The option that named it, for messages.</param>
    public static async Task<string> ReadAsync(string source, string option, CliEnvironment environment, CancellationToken cancellation)
    {
        if (source == "-")
            return await ReadAsync(environment.Input, "Standard input", option, cancellation);
        var path = Path.GetFullPath(source, environment.WorkingDirectory);
        try
        {
            using var reader = new StreamReader(path);
            return await ReadAsync(reader, path, option, cancellation);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw ProblemException.Invalid(ProblemCodes.RequestMalformed, $"{option} names {path}, which does not exist.");
        }
        catch (UnauthorizedAccessException)
        {
            throw ProblemException.Invalid(ProblemCodes.RequestMalformed, $"{option} names {path}, which may not be read by this user or is a directory.");
        }
    }

    private static async Task<string> ReadAsync(TextReader reader, string where, string option, CancellationToken cancellation)
    {
        var buffer = new char[MaxCharacters + 1];
        var length = await reader.ReadBlockAsync(buffer, cancellation);
        if (length > MaxCharacters)
            throw ProblemException.Invalid(ProblemCodes.RequestMalformed, $"{where}, given for {option}, is longer than {MaxCharacters} characters: it holds no secret.");
        var text = buffer.AsSpan(0, length);
        if (text.EndsWith("\n"))
            text = text[..^1];
        if (text.EndsWith("\r"))
            text = text[..^1];
        return text.IsEmpty
            ? throw ProblemException.Invalid(ProblemCodes.RequestMalformed, $"{where}, given for {option}, is empty.")
            : text.ToString();
    }
}
