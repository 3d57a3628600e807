using System.CommandLine;
using Futago.Console.Client.Snapshots;

namespace Futago.Cli.Commands;

/// <summary>The options that say which snapshots of a schedule stay.</summary>
internal sealed class RetentionOptions
{
    private readonly Option<int?> _last = Values.Number("--keep-last", "NUMBER", "Keep the newest so many, 0 to 500.");
    private readonly Option<int?> _hours = Values.Number("--keep-hourly", "NUMBER", "Keep the last one of each of so many hours that have one, 0 to 500.");
    private readonly Option<int?> _days = Values.Number("--keep-daily", "NUMBER", "The same for days, 0 to 500.");
    private readonly Option<int?> _weeks = Values.Number("--keep-weekly", "NUMBER", "The same for weeks, which begin on Monday, 0 to 200.");
    private readonly Option<int?> _months = Values.Number("--keep-monthly", "NUMBER", "The same for months, 0 to 120.");
    private readonly Option<int?> _years = Values.Number("--keep-yearly", "NUMBER", "The same for years, 0 to 20.");

    public IEnumerable<Option> All => [_last, _hours, _days, _weeks, _months, _years];

    public bool Given(Invocation call) => new[] { _last, _hours, _days, _weeks, _months, _years }.Any(o => call.Value(o) is not null);

    /// <summary>What was given, over what was before.</summary>
    public RetentionRules Over(Invocation call, RetentionRules before) => new(
        call.Value(_last) ?? before.Last, call.Value(_hours) ?? before.Hours, call.Value(_days) ?? before.Days,
        call.Value(_weeks) ?? before.Weeks, call.Value(_months) ?? before.Months, call.Value(_years) ?? before.Years);

    public static string Words(RetentionRules rules)
    {
        (int Count, string Word)[] all =
            [(rules.Last, "last"), (rules.Hours, "hourly"), (rules.Days, "daily"), (rules.Weeks, "weekly"), (rules.Months, "monthly"), (rules.Years, "yearly")];
        return string.Join(", ", all.Where(r => r.Count > 0).Select(r => $"{Values.Text(r.Count)} {r.Word}"));
    }
}
