using System.Globalization;

namespace Futago.Console.Components.Presentation;

/// <summary>Short times with three digits and the unit that suits them: <c>85 µs</c>, <c>1.2 ms</c>, <c>3.4 s</c>.</summary>
public static class LatencyText
{
    public static string Format(double? microseconds) => microseconds switch
    {
        null => "–",
        < 999.5 => $"{Digits(microseconds.Value)} µs",
        < 999_500 => $"{Digits(microseconds.Value / 1e3)} ms",
        _ => $"{Digits(microseconds.Value / 1e6)} s",
    };

    private static string Digits(double value) =>
        value.ToString(value < 10 ? "0.##" : value < 100 ? "0.#" : "N0", CultureInfo.CurrentCulture);
}
