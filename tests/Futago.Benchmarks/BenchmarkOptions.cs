using System.Globalization;

namespace Futago.Benchmarks;

/// <param name="Pairs">How often both sides are measured, one after the other; the table has the medians.</param>
/// <param name="Seconds">Length of one measurement.</param>
/// <param name="Part">Only these rows, of benchmarks that have <see cref="Parts"/>; null for all.</param>
/// <param name="Load">Of <c>iscsi</c>: only loads with this in their name; null for all.</param>
public sealed record BenchmarkOptions(string Name, string? JsonFile, int Pairs, int Seconds, string? Part = null, string? Load = null)
{
    public static IReadOnlyList<string> Names { get; } = ["data-replication", "iscsi", "iscsi-idle", "iscsi-stuck", "iscsi-long", "snapshots", "volume-replication"];

    /// <summary>By name of the benchmark.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Parts { get; } = new Dictionary<string, IReadOnlyList<string>>
    {
        ["data-replication"] = ["small", "small-tls", "many", "many-tls", "large", "large-tls"],
        ["snapshots"] = ["1", "100", "1000"],
        ["volume-replication"] = ["limited", "latency", "free", "resync"],
    };

    /// <summary>Null, and a sentence that says why, when the line cannot be run.</summary>
    public static BenchmarkOptions? Parse(IReadOnlyList<string> args, out string? fault)
    {
        if (args.Count == 0 || !Names.Contains(args[0]))
        {
            fault = $"name a benchmark: {string.Join(", ", Names)}.";
            return null;
        }
        var options = new BenchmarkOptions(args[0], null, 5, 3);
        for (var i = 1; i < args.Count; i += 2)
        {
            if (i + 1 == args.Count)
            {
                fault = $"{args[i]} needs a value.";
                return null;
            }
            var value = args[i + 1];
            switch (args[i])
            {
                case "--json":
                    options = options with { JsonFile = Path.GetFullPath(value) };
                    break;
                case "--pairs" when Number(value, 100) is { } pairs:
                    options = options with { Pairs = pairs };
                    break;
                case "--seconds" when Number(value, 200_000) is { } seconds:
                    options = options with { Seconds = seconds };
                    break;
                case "--part" when Parts.TryGetValue(options.Name, out var parts) && parts.Contains(value):
                    options = options with { Part = value };
                    break;
                case "--load" when options.Name == "iscsi" && Iscsi.Load.All.Any(load => load.Name.Contains(value, StringComparison.Ordinal)):
                    options = options with { Load = value };
                    break;
                default:
                    fault = $"{args[i]} {value} is not understood; there are --json FILE, --pairs 1–100, --seconds 1–200000 and, of iscsi, --load with a part of a load's name and, {string.Join(" and, ", Parts.Select(p => $"of {p.Key}, --part {string.Join('|', p.Value)}"))}.";
                    return null;
            }
        }
        fault = null;
        return options;
    }

    private static int? Number(string text, int maximum) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= maximum ? number : null;
}
