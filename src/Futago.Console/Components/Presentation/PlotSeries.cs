namespace Futago.Console.Components.Presentation;

/// <summary>One line of a plot.</summary>
/// <param name="Kind">Which colour: <c>read</c>, <c>write</c> or <c>other</c>.</param>
/// <param name="Values">One for each second, oldest first; the last one is now.</param>
public sealed record PlotSeries(string Name, string Kind, IReadOnlyList<double> Values);
