using System.CommandLine;
using System.Globalization;
using Futago.Engine.Contracts;

namespace Futago.Cli.Commands;

/// <summary>Declares arguments and options, and reads the values that have a form of their own.</summary>
internal static class Values
{
    public static Argument<string> Required(string name, string description) => new(name) { Description = description };

    public static Argument<string?> Optional(string name, string description) =>
        new(name) { Description = description, Arity = ArgumentArity.ZeroOrOne };

    public static Option<string?> Text(string name, string valueName, string description, bool required = false) =>
        new(name) { HelpName = valueName, Description = description, Required = required };

    public static Option<int?> Number(string name, string valueName, string description, bool required = false) =>
        new(name) { HelpName = valueName, Description = description, Required = required };

    public static Option<bool> Flag(string name, string description) => new(name) { Description = description };

    /// <summary><c>--name</c>, <c>--name true</c> or <c>--name false</c>; absent: leave it as it is.</summary>
    public static Option<bool?> Switch(string name, string description) =>
        new(name) { HelpName = "true|false", Description = description, Arity = ArgumentArity.ZeroOrOne };

    public static Option<string?> Choice(string name, string description, params string[] values)
    {
        var option = new Option<string?>(name) { HelpName = string.Join('|', values), Description = description };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token, ..] && !values.Contains(token.Value))
                result.AddError($"{name} takes {string.Join(", ", values)}, not {token.Value}.");
        });
        option.CompletionSources.Add(values);
        return option;
    }

    public static Option<bool> Yes() => Flag("--yes", "Do it without asking.");

    public static T Enumerated<T>(string value)
        where T : struct, Enum => Enum.Parse<T>(value, ignoreCase: true);

    /// <exception cref="UsageException">Not a size, or more than can be counted.</exception>
    public static long Size(string text, string option) => ByteSize.TryParse(text, out var bytes)
        ? bytes
        : throw new UsageException($"{option} {text} is not a size: write a number and a unit, for example 10GiB or 512MiB.");

    /// <summary>A speed such as <c>50MiB</c> or <c>50MiB/s</c>; <c>none</c> or 0 is no limit, as 0.</summary>
    public static long Speed(string text, string option)
    {
        if (text.Equals("none", StringComparison.OrdinalIgnoreCase))
            return 0;
        var number = text.EndsWith("/s", StringComparison.OrdinalIgnoreCase) ? text[..^2] : text;
        return ByteSize.TryParse(number, out var bytes)
            ? bytes
            : throw new UsageException($"{option} {text} is not a speed: write for example 50MiB/s, or none for no limit.");
    }

    /// <summary>Splits <c>group/name</c>.</summary>
    public static (string Group, string Name) VolumePath(string path) => path.Split('/') is [{ Length: > 0 } group, { Length: > 0 } name]
        ? (group, name)
        : throw new UsageException($"{path} does not name a volume: write GROUP/NAME, for example vg00/lv0000.");

    public static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
