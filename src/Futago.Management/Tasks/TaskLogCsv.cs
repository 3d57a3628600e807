using System.Globalization;
using System.Text;
using System.Text.Json;
using Futago.Console.Client.Tasks;

namespace Futago.Management.Tasks;

/// <summary>The task log as CSV, RFC 4180: CR LF, quotes doubled.</summary>
public static class TaskLogCsv
{
    public static string Write(IEnumerable<TaskLogView> lines, TimeZoneInfo zone)
    {
        var text = new StringBuilder("Time,Name,Type,Status,Action,Reason,Text\r\n");
        foreach (var line in lines)
        {
            string[] cells =
            [
                TimeZoneInfo.ConvertTime(line.Time, zone).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture),
                line.Name, Word(line.Kind), Word(line.Status), Word(line.Action), line.Reason ?? "", line.Text ?? "",
            ];
            text.AppendJoin(',', cells.Select(Cell)).Append("\r\n");
        }
        return text.ToString();
    }

    // A cell that begins like a formula would be one in a spreadsheet.
    private static string Cell(string value)
    {
        var safe = value.Length > 0 && "=+-@\t".Contains(value[0], StringComparison.Ordinal) ? "'" + value : value;
        return safe.AsSpan().IndexOfAny(",\"\r\n") < 0 ? safe : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static string Word<T>(T value) where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
