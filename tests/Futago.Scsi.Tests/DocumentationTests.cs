using Futago.Scsi.Commands;

namespace Futago.Scsi.Tests;

/// <summary>docs/protocol/scsi.md lists what the table of operation codes holds.</summary>
public sealed class DocumentationTests
{
    [Fact]
    public void ScsiPage_ListsEveryCommandOnce()
    {
        var page = File.ReadAllLines(FindPage()).Where(line => line.StartsWith("| ", StringComparison.Ordinal)).ToArray();

        foreach (var row in CommandTable.All)
        {
            var code = row.ServiceAction is { } action ? $"{row.OperationCode:X2}h/{action:X2}h" : $"{row.OperationCode:X2}h";
            Assert.Single(page, line => line.StartsWith($"| {code} | {row.Name} | {row.CdbLength} |", StringComparison.Ordinal));
        }
    }

    private static string FindPage()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var path = Path.Combine(directory.FullName, "docs", "protocol", "scsi.md");
            if (File.Exists(path))
                return path;
        }
        throw new FileNotFoundException("docs/protocol/scsi.md");
    }
}
