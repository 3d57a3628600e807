using System.Globalization;
using System.Text.Json;

namespace Futago.Benchmarks;

public static class ResultTable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static void Print(IReadOnlyList<ResultRow> rows, TextWriter output)
    {
        var width = rows.Max(r => r.Load.Length);
        output.WriteLine($"{"load".PadRight(width)}  {"unit",-10} {"futago",12} {"peer",12} {"ratio",7}");
        foreach (var row in rows)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.Load.PadRight(width)}  {row.Unit,-10} {row.Ours,12:F1} {row.Peer,12:F1} {row.Ratio,7:F2}"));
    }

    public static async Task SaveAsync(IReadOnlyList<ResultRow> rows, string file)
    {
        await using var stream = File.Create(file);
        await JsonSerializer.SerializeAsync(stream, rows, Json);
    }
}
