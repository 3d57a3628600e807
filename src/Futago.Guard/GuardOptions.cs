using System.Globalization;

namespace Futago.Guard;

/// <param name="DataDirectory">The engine's state directory; one guard at a time holds it.</param>
/// <param name="StallTimeout">An engine that gives no sign of life for so long is ended with SIGKILL and started again.</param>
/// <param name="EngineCommand">Program and arguments; <c>--guarded</c> is added.</param>
internal sealed record GuardOptions(string DataDirectory, TimeSpan StallTimeout, IReadOnlyList<string> EngineCommand)
{
    public const string Usage = "usage: futago-guard --data DIR [--stall-timeout SECONDS] -- ENGINE [ARGUMENT...]";

    private const int StallSecondsDefault = 30;

    public static GuardOptions? Parse(IReadOnlyList<string> arguments, out IReadOnlyList<string> errors)
    {
        var problems = new List<string>();
        errors = problems;
        string? data = null;
        var stallSeconds = StallSecondsDefault;
        var i = 0;
        for (; i < arguments.Count && arguments[i] != "--"; i++)
        {
            var name = arguments[i];
            if (name is not ("--data" or "--stall-timeout"))
                problems.Add($"unknown option {name}");
            else if (i + 1 == arguments.Count || arguments[i + 1] is "" or "--")
                problems.Add($"{name} needs a value");
            else if (name == "--data")
                data = arguments[++i];
            else if (!int.TryParse(arguments[++i], NumberStyles.None, CultureInfo.InvariantCulture, out stallSeconds) || stallSeconds is < 2 or > 3600)
                problems.Add("--stall-timeout must be from 2 to 3600 seconds");
        }
        if (data is null && !problems.Exists(p => p.StartsWith("--data", StringComparison.Ordinal)))
            problems.Add("--data is missing");
        var command = arguments.Skip(i + 1).ToList();
        if (command.Count == 0)
            problems.Add("the engine's command line is missing after --");
        return problems.Count > 0 ? null : new GuardOptions(Path.GetFullPath(data!), TimeSpan.FromSeconds(stallSeconds), command);
    }
}
