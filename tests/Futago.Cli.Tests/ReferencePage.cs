using System.CommandLine;
using System.Text;

namespace Futago.Cli.Tests;

/// <summary>Writes the reference part of docs/cli.md from the command tree.</summary>
internal static class ReferencePage
{
    public static string Write(RootCommand root)
    {
        var page = new StringBuilder();
        Table(page, root.Options.Where(option => option is not (System.CommandLine.Help.HelpOption or VersionOption)));
        foreach (var noun in root.Subcommands)
        {
            page.Append("\n### ").Append(noun.Name).Append("\n\n").Append(noun.Description).Append('\n');
            // A noun that is its own verb.
            if (noun.Subcommands.Count == 0 && noun.Options.Count > 0)
            {
                page.Append('\n');
                Table(page, noun.Options);
            }
            foreach (var verb in noun.Subcommands)
                Verb(page, noun, verb);
        }
        return page.ToString();
    }

    private static void Verb(StringBuilder page, Command noun, Command verb)
    {
        page.Append("\n#### ").Append(noun.Name).Append(' ').Append(verb.Name);
        foreach (var argument in verb.Arguments)
            page.Append(argument.Arity.MinimumNumberOfValues == 0 ? $" [{Upper(argument)}]" : $" {Upper(argument)}");
        page.Append("\n\n").Append(verb.Description).Append('\n');
        if (verb.Arguments.Count > 0)
            page.Append('\n');
        foreach (var argument in verb.Arguments)
            page.Append("- `").Append(Upper(argument)).Append("`: ").Append(argument.Description).Append('\n');
        if (verb.Options.Count > 0)
        {
            page.Append('\n');
            Table(page, verb.Options);
        }
    }

    private static void Table(StringBuilder page, IEnumerable<Option> options)
    {
        page.Append("| option | meaning |\n|---|---|\n");
        foreach (var option in options)
        {
            var value = option.HelpName is { } name ? $" {name.Replace("|", "\\|", StringComparison.Ordinal)}" : "";
            page.Append("| `").Append(option.Name).Append(value).Append("` | ").Append(option.Required ? "Required. " : "").Append(option.Description).Append(" |\n");
        }
    }

    private static string Upper(Argument argument) => argument.Name.ToUpperInvariant();
}
