using Futago.Console.Client.Http;
using Futago.Engine.Contracts;

namespace Futago.Cli.Instances;

/// <summary>
/// Decides which node is meant. The first of these that is given counts: <c>--url</c>, <c>--socket</c>, <c>--data</c>, the
/// instance started last from this checkout (<c>--node</c> picks one of twins), <c>/var/lib/futago</c>.
/// </summary>
internal static class ConnectionResolver
{
    /// <summary>Set by the <c>futago</c> script in the root of a checkout.</summary>
    public const string CheckoutVariable = "FUTAGO_CHECKOUT";

    /// <exception cref="UsageException">Options that exclude each other.</exception>
    /// <exception cref="ProblemException">There is no such node.</exception>
    public static Connection Resolve(ConnectionChoice choice, CliEnvironment environment)
    {
        if (choice.Url is null && (choice.TokenFile ?? choice.Fingerprint) is not null)
            throw new UsageException("--token-file and --fingerprint go with --url.");
        if (new[] { choice.Url, choice.Socket, choice.Data }.Count(given => given is not null) > 1)
            throw new UsageException("--url, --socket and --data each name a node: give one of them.");
        if (choice.Node is not null && (choice.Url ?? choice.Socket) is not null)
            throw new UsageException("--node picks a node of this machine: it does not go with --url or --socket.");
        if (choice.Url is not null)
            return Remote(choice, environment);
        if (choice.Socket is not null)
            return new Connection(null, new ConsoleEndpoint.UnixSocket(Full(choice.Socket, environment)), null);
        var directory = choice.Data is not null ? Full(choice.Data, environment) : LastStarted(environment);
        return Local(directory, choice.Node);
    }

    private static Connection Remote(ConnectionChoice choice, CliEnvironment environment)
    {
        if (!Uri.TryCreate(choice.Url, UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttps)
            throw new UsageException($"--url {choice.Url} is not an https address: write https://NAME:8443.");
        if (url.UserInfo.Length > 0)
            throw new UsageException("--url holds a user or password: use --token-file.");
        if (choice.TokenFile is null)
            throw new UsageException("--url needs --token-file: make a token with futago token create on the node.");
        CertificateFingerprint? fingerprint = null;
        if (choice.Fingerprint is not null && !CertificateFingerprint.TryParse(choice.Fingerprint, out fingerprint))
            throw new UsageException("--fingerprint is not a SHA-256 fingerprint: 64 hexadecimal digits, with or without colons.");
        // The command has nothing else to do while it waits for the file.
        var token = SecretFile.ReadAsync(choice.TokenFile, "--token-file", environment, CancellationToken.None).GetAwaiter().GetResult();
        if (token.AsSpan().ContainsAnyExceptInRange('!', '~'))
            throw ProblemException.Invalid(ProblemCodes.RequestMalformed, "The token file holds more than a token: one line without spaces is expected.");
        return new Connection(null, new ConsoleEndpoint.Https(url, token, fingerprint), null);
    }

    private static string LastStarted(CliEnvironment environment)
    {
        if (environment.Variable(CheckoutVariable) is { Length: > 0 } checkout)
        {
            var last = Path.Combine(checkout, ".futago", "last");
            if (File.Exists(last) && File.ReadAllText(last).Trim() is { Length: > 0 } directory)
                return Path.GetFullPath(directory, checkout);
        }
        return InstanceReader.Exists(environment.DefaultDataDirectory)
            ? environment.DefaultDataDirectory
            : throw InstanceReader.NoNode("No node has been started from this checkout: run ./run.sh first, or name one with --data, --socket or --url.");
    }

    private static Connection Local(string directory, string? node)
    {
        var document = InstanceReader.Read(directory);
        if (document.Twins is { } twins)
        {
            var names = string.Join(" or ", twins.Keys.Order(StringComparer.Ordinal).Select(name => $"--node {name}"));
            if (node is null)
                throw new UsageException($"The twins run in {directory}: say which node is meant with {names}.");
            if (!twins.TryGetValue(node, out var twin))
                throw new UsageException($"The twins in {directory} have no node {node}: write {names}.");
            directory = Path.GetFullPath(twin, directory);
            document = InstanceReader.Read(directory);
        }
        else if (node is not null && node != document.NodeName)
        {
            throw new UsageException($"The node in {directory} is named {document.NodeName}, not {node}; twins are started with ./run.sh --twins.");
        }
        if (document.ConsoleSocket is not { Length: > 0 } console)
            throw InstanceReader.NoNode($"{Path.Combine(directory, InstanceDocument.FileName)} names no console: start the node again with ./run.sh --data {directory}.");
        return new Connection(
            document.NodeName,
            new ConsoleEndpoint.UnixSocket(Path.GetFullPath(console, directory)),
            document.EngineSocket is { Length: > 0 } engine ? Path.GetFullPath(engine, directory) : null);
    }

    private static string Full(string path, CliEnvironment environment) => Path.GetFullPath(path, environment.WorkingDirectory);
}
