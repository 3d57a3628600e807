using System.Globalization;
using System.Text.Json;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;

namespace Futago.Cli.Output;

/// <summary>Values as a person reads them.</summary>
internal static class Format
{
    public static string Size(long bytes) => ByteSize.Format(bytes);

    /// <summary>Local time with its offset from UTC: unambiguous, also around the change of daylight saving.</summary>
    public static string Time(DateTimeOffset time, CliEnvironment environment) =>
        TimeZoneInfo.ConvertTime(time, environment.Clock.LocalTimeZone).ToString("yyyy-MM-dd HH:mm:sszzz", CultureInfo.InvariantCulture);

    public static string Time(DateTimeOffset? time, CliEnvironment environment) => time is { } known ? Time(known, environment) : "never";

    /// <summary>A short time with three digits and the unit that suits it.</summary>
    public static string Latency(double? microseconds) => microseconds switch
    {
        null => "-",
        < 999.5 => $"{Digits(microseconds.Value)} µs",
        < 999_500 => $"{Digits(microseconds.Value / 1e3)} ms",
        _ => $"{Digits(microseconds.Value / 1e6)} s",
    };

    private static string Digits(double value) => value.ToString(value < 10 ? "0.##" : value < 100 ? "0.#" : "0", CultureInfo.InvariantCulture);

    public static string YesNo(bool value) => value ? "Yes" : "No";

    /// <summary>The type of a LUN for people.</summary>
    public static string LunType(string type) => type == "cd-rom" ? "CD-ROM" : type;

    /// <summary>An enum value as the API spells it.</summary>
    public static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    public static string Portal(string address, int port) =>
        address.Contains(':', StringComparison.Ordinal) ? $"[{address}]:{port}" : $"{address}:{port}";

    public static string Reason(RefusalReason reason) => reason switch
    {
        RefusalReason.UnknownTarget => "no such target",
        RefusalReason.TargetStopped => "the target is stopped",
        RefusalReason.NoAccessRule => "no access rule lets it in",
        RefusalReason.ChapRequired => "it did not offer CHAP, which the target requires",
        RefusalReason.WrongChap => "wrong CHAP user or secret",
        RefusalReason.NotSupported => "it asked for something that is not supported",
        RefusalReason.TooManySessions => "too many sessions",
        _ => Word(reason),
    };
}
