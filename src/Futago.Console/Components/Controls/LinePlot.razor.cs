using System.Globalization;
using System.Text;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Controls;

/// <summary>Some values over the last minutes as lines, drawn on the server: five minutes are three hundred points.</summary>
public sealed partial class LinePlot
{
    private const int Width = 600;
    private const int Height = 120;

    [Parameter, EditorRequired]
    public required string Title { get; set; }

    [Parameter, EditorRequired]
    public required IReadOnlyList<PlotSeries> Series { get; set; }

    [Parameter, EditorRequired]
    public required Func<double, string> Format { get; set; }

    /// <summary>Width of the plot in time; what is missing at the left was not recorded.</summary>
    [Parameter]
    public int Seconds { get; set; } = 300;

    private double Top => Series.SelectMany(line => line.Values).DefaultIfEmpty(0).Max();

    private string Summary => Sentence.Of(
        DiagnosticsText.PlotSummary, Title, string.Join(", ", Series.Select(line => $"{line.Name} {Format(Last(line))}")));

    private static double Last(PlotSeries line) => line.Values is [.., var last] ? last : 0;

    private string Points(PlotSeries line)
    {
        var top = Math.Max(Top, double.Epsilon);
        var points = new StringBuilder();
        var first = Math.Max(0, line.Values.Count - Seconds);
        for (var i = first; i < line.Values.Count; i++)
        {
            var x = Width - (line.Values.Count - 1 - i) * (double)Width / (Seconds - 1);
            // A line at the very edge would be cut to half its width.
            var y = Height - 1 - (Height - 2) * line.Values[i] / top;
            points.Append(CultureInfo.InvariantCulture, $"{x:0.#},{y:0.#} ");
        }
        return points.ToString();
    }
}
