using System.CommandLine;

namespace Futago.Cli.Tests;

/// <summary>Walks the command tree.</summary>
internal static class Tree
{
    /// <summary>Every verb with the words that lead to it.</summary>
    public static IEnumerable<(string Path, Command Command)> Verbs(Command command, string path = "")
    {
        foreach (var child in command.Subcommands)
        {
            var childPath = path.Length == 0 ? child.Name : $"{path} {child.Name}";
            if (child.Subcommands.Count == 0)
                yield return (childPath, child);
            foreach (var verb in Verbs(child, childPath))
                yield return verb;
        }
    }

    public static IEnumerable<(string Path, Option Option)> Options(Command root) =>
        root.Options.Select(option => ("", option)).Concat(Verbs(root).SelectMany(verb => verb.Command.Options.Select(option => (verb.Path, option))));
}
