namespace Futago.Cli.Output;

/// <summary>Rows in aligned columns, two spaces apart. A column whose header starts with <c>&gt;</c> is aligned to the right.</summary>
internal sealed class Table(params string[] headers)
{
    private readonly List<string[]> _rows = [];

    public void Add(params string?[] cells)
    {
        if (cells.Length != headers.Length)
            throw new ArgumentException($"A row has {cells.Length} cells, the table {headers.Length} columns.", nameof(cells));
        _rows.Add([.. cells.Select(cell => string.IsNullOrEmpty(cell) ? "-" : TextWidth.Printable(cell))]);
    }

    /// <param name="none">Said instead of an empty table.</param>
    public void Write(TextWriter output, string none)
    {
        if (_rows.Count == 0)
        {
            output.WriteLine(none);
            return;
        }
        var titles = headers.Select(header => header.TrimStart('>')).ToArray();
        var widths = titles.Select((title, column) => Math.Max(TextWidth.Of(title), _rows.Max(row => TextWidth.Of(row[column])))).ToArray();
        WriteRow(output, titles, widths);
        foreach (var row in _rows)
            WriteRow(output, row, widths);
    }

    private void WriteRow(TextWriter output, string[] cells, int[] widths)
    {
        var line = "";
        for (var column = 0; column < cells.Length; column++)
        {
            var padding = new string(' ', widths[column] - TextWidth.Of(cells[column]));
            line += headers[column].StartsWith('>') ? padding + cells[column] : cells[column] + padding;
            if (column < cells.Length - 1)
                line += "  ";
        }
        output.WriteLine(line.TrimEnd());
    }
}
