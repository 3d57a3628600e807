using System.CommandLine;
using System.CommandLine.Parsing;

namespace Futago.Cli;

/// <summary>Turns the parser's complaint into one sentence that says where to look.</summary>
internal static class UsageSentence
{
    public static string Of(ParseError error, ParseResult parse)
    {
        var command = PathOf(parse.CommandResult);
        return $"{Complaint(error, parse, command)} See {command} --help.";
    }

    private static string Complaint(ParseError error, ParseResult parse, string command)
    {
        var noun = parse.CommandResult.Command;
        if (noun.Subcommands.Count == 0)
            return $"{error.Message.TrimEnd('.')}.";
        // A mistyped verb gives two complaints; the parser's first one is that no verb was given.
        var choices = string.Join(", ", noun.Subcommands.Select(verb => verb.Name));
        return parse.UnmatchedTokens is [var unknown, ..]
            ? $"{command} does not know “{unknown}”: it knows {choices}."
            : $"Say what to do: {command} is followed by one of {choices}.";
    }

    private static string PathOf(CommandResult result)
    {
        var names = new Stack<string>();
        for (var at = result; at is not null; at = at.Parent as CommandResult)
            names.Push(at.Command is RootCommand ? "futago" : at.Command.Name);
        return string.Join(' ', names);
    }
}
