using System.Runtime.CompilerServices;
using Bunit;
using Futago.Console.Components.Controls;
using Radzen.Blazor;

namespace Futago.Console.Tests.Controls;

/// <summary>A table whose items are replaced while somebody works with it, as live status does.</summary>
public sealed class GridTests : PageContext
{
    private const int NameColumn = 0;
    private const int SizeColumn = 1;

    [Fact]
    public void Grid_ItemReplaced_KeepsTheRowAndShowsItsNewValues()
    {
        var table = RenderGrid(new Disk(1, "a", 10), new Disk(2, "b", 20));
        var (rows, buttons) = (Rows(table), Buttons(table));

        Update(table, new Disk(1, "a", 11), new Disk(2, "renamed", 20));

        Assert.Equal(["a", "renamed"], Cells(table, NameColumn));
        Assert.Equal(["11", "20"], Cells(table, SizeColumn));
        Assert.Equal(rows, Rows(table), ReferenceEqualityComparer.Instance);
        Assert.Equal(buttons, Buttons(table), ReferenceEqualityComparer.Instance);
    }

    [Fact]
    public void Grid_ItemsComeGoAndChangePlaces_RowsGoWithTheirKeys()
    {
        var table = RenderGrid(new Disk(1, "a", 10), new Disk(2, "b", 20), new Disk(3, "c", 30));
        var before = Rows(table);

        Update(table, new Disk(3, "c", 31), new Disk(4, "d", 40), new Disk(1, "a", 11));

        var after = Rows(table);
        Assert.Equal(["c", "d", "a"], Cells(table, NameColumn));
        Assert.Same(before[2], after[0]);
        Assert.DoesNotContain(after[1], before);
        Assert.Same(before[0], after[2]);
    }

    /// <summary>Two connections of one user within a second have nothing to tell them apart.</summary>
    [Fact]
    public void Grid_WithItemsThatShareAKey_ShowsThemAll()
    {
        var table = RenderGrid(new Disk(1, "a", 10), new Disk(1, "a", 10));

        Update(table, new Disk(1, "a", 10), new Disk(1, "a", 10), new Disk(1, "b", 10));

        Assert.Equal(["a", "a", "b"], Cells(table, NameColumn));
    }

    [Fact]
    public void Grid_ButtonAfterAnUpdate_ActsOnTheNewItem()
    {
        var table = RenderGrid(new Disk(1, "a", 10));

        Update(table, new Disk(1, "a", 11));
        table.Find(".text-button").Click();

        Assert.Equal([new Disk(1, "a", 11)], table.Instance.Clicked);
    }

    [Fact]
    public void Grid_SortedByAPerson_StaysSortedByTheNewValues()
    {
        var table = RenderGrid(new Disk(1, "a", 20), new Disk(2, "b", 10));
        table.FindAll("thead [blazor\\:onclick]")[SizeColumn].Click();
        Assert.Equal(["10", "20"], Cells(table, SizeColumn));

        Update(table, new Disk(1, "a", 20), new Disk(2, "b", 30));

        Assert.Equal(["20", "30"], Cells(table, SizeColumn));
    }

    [Fact]
    public void Grid_SecondPage_StaysWhileItemsAreReplaced()
    {
        var table = RenderGrid(Many(45, size: 1));
        table.Find(".rz-pager-next").Click();
        var rows = Rows(table);

        Update(table, Many(45, size: 2));

        Assert.Equal("disk20", Cells(table, NameColumn)[0]);
        Assert.All(Cells(table, SizeColumn), size => Assert.Equal("2", size));
        Assert.Equal(rows, Rows(table), ReferenceEqualityComparer.Instance);
    }

    [Fact]
    public void Grid_PageThatIsNoMore_ShowsTheLastOne()
    {
        var table = RenderGrid(Many(45, size: 1));
        table.Find(".rz-pager-last").Click();

        Update(table, Many(25, size: 1));

        Assert.Equal(["disk20", "disk21", "disk22", "disk23", "disk24"], Cells(table, NameColumn));
        Assert.Equal("2", table.Find(".rz-pager-page[aria-current], .rz-pager-page.rz-state-active").TextContent.Trim());
    }

    [Fact]
    public void Grid_UnfoldedRow_StaysUnfoldedAndShowsItsNewValues()
    {
        var table = RenderGrid(new Disk(1, "a", 10), new Disk(2, "b", 20));
        table.FindAll(".rz-row-toggler")[1].ParentElement!.Click();
        Assert.Equal("details of 20", table.Find(".rz-expanded-row-content").TextContent.Trim());

        Update(table, new Disk(1, "a", 10), new Disk(2, "b", 21));

        Assert.Equal("details of 21", table.Find(".rz-expanded-row-content").TextContent.Trim());
    }

    /// <summary>A table past <see cref="Grid{TItem}"/> would lose clicks again.</summary>
    [Fact]
    public void Components_UseRadzensGridThroughOurs()
    {
        var users = Directory.EnumerateFiles(Components(), "*.razor", SearchOption.AllDirectories)
            .Where(f => File.ReadAllText(f).Contains("<RadzenDataGrid", StringComparison.Ordinal))
            .Select(Path.GetFileName).Order(StringComparer.Ordinal);

        Assert.Equal(["Column.razor", "Grid.razor"], users);
    }

    private IRenderedComponent<DiskTable> RenderGrid(params Disk[] disks) => Render<DiskTable>(p => p.Add(t => t.Disks, disks));

    private static void Update(IRenderedComponent<DiskTable> table, params Disk[] disks) => table.Render(p => p.Add(t => t.Disks, disks));

    private static Disk[] Many(int count, int size) => [.. Enumerable.Range(0, count).Select(i => new Disk(i, $"disk{i:00}", size))];

    private static object[] Rows(IRenderedComponent<DiskTable> table) => [.. table.FindComponents<RadzenDataGridRow<Row<Disk>>>().Select(r => r.Instance)];

    private static object[] Buttons(IRenderedComponent<DiskTable> table) => [.. table.FindComponents<ActionLink>().Select(r => r.Instance)];

    /// <summary>What a column says, from the top; the first one on the page unfolds rows.</summary>
    private static List<string> Cells(IRenderedComponent<DiskTable> table, int column) =>
        [.. table.FindAll($"tbody tr.rz-data-row > td:nth-child({column + 2})").Select(c => c.TextContent.Trim())];

    private static string Components([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../../src/Futago.Console/Components"));
}
