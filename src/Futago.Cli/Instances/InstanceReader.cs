using System.Text.Json;
using Futago.Engine.Contracts;

namespace Futago.Cli.Instances;

/// <summary>Reads <c>instance.json</c> of a data directory.</summary>
internal static class InstanceReader
{
    /// <summary>In bytes; the file has a few hundred.</summary>
    private const long MaxLength = 64 << 10;

    public static bool Exists(string directory) => File.Exists(Path.Combine(directory, InstanceDocument.FileName));

    /// <exception cref="ProblemException">No node has been started there, or the file is not one of ours.</exception>
    public static InstanceDocument Read(string directory)
    {
        var path = Path.Combine(directory, InstanceDocument.FileName);
        if (!File.Exists(path))
            throw NoNode($"No node has been started in {directory}: run ./run.sh --data {directory} first.");
        InstanceDocument? document;
        try
        {
            using var file = File.OpenRead(path);
            if (file.Length > MaxLength)
                throw NoNode($"{path} is too large to describe a node.");
            document = JsonSerializer.Deserialize<InstanceDocument>(file, EngineJson.Options);
        }
        catch (JsonException)
        {
            throw NoNode($"{path} is damaged: start the node again with ./run.sh --data {directory}.");
        }
        catch (UnauthorizedAccessException)
        {
            throw NoNode($"{path} may not be read by this user: run the command as root.");
        }
        if (document is null || document.Version is < 1 or > InstanceDocument.KnownVersion)
            throw NoNode($"{path} was written by another version of Futago: use that version's command.");
        return document;
    }

    public static ProblemException NoNode(string sentence) => new(new Problem(ProblemCodes.ConsoleUnreachable, sentence), 503);
}
