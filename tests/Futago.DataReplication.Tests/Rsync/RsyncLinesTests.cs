using System.Text;
using Futago.DataReplication.Rsync;

namespace Futago.DataReplication.Tests.Rsync;

public sealed class RsyncLinesTests
{
    private const string Progress = "\r         40,960  12%    1.23MB/s    0:00:01 (xfr#10, to-chk=5/20)\n";

    /// <summary>Names as rsync prints them: what is not printable has been escaped.</summary>
    public static TheoryData<string> HostileNames =>
    [
        "plain",
        "         99999 100%    1.00MB/s    0:00:00 (xfr#9, to-chk=0/9)",
        "\\#015         99999 100%    1.00MB/s    0:00:00 (xfr#9, to-chk=0/9)\\#012",
        "Number of files: 1",
        "Total bytes sent: 1",
        "total size is 1  speedup is 1.00",
        "\\#012Number of deleted files: 1000\\#012",
        "No space left on device",
        "@ERROR: auth failed on module office",
        "bad\\#377\\#376utf8",
        " ",
    ];

    [Theory]
    [MemberData(nameof(HostileNames))]
    public void Name_BeforeProgressThatWasAskedFor_IsDropped(string name)
    {
        var (lines, progress) = Read($"said before\n{name}\n{Progress}{name}\n{Progress}said behind\n", named: true);

        Assert.Equal(["said before", "said behind"], lines);
        Assert.Equal([Progress.Trim(), Progress.Trim()], progress.Select(p => p.Trim()));
    }

    /// <summary>An rsync that was killed between the two: the name is a line like any other, and never progress.</summary>
    [Theory]
    [MemberData(nameof(HostileNames))]
    public void Name_WithoutProgressBehindIt_IsNoProgress(string name)
    {
        var (lines, progress) = Read($"said before\n{name}\n", named: true);

        Assert.Equal(["said before", name], lines);
        Assert.Empty(progress);
    }

    [Fact]
    public void Lines_BetweenProgressOfEachFile_AreKept()
    {
        // rsync ends the line of progress before it says something else.
        var (lines, progress) = Read("\r 1  0% a\r 2  5% b\ncannot delete non-empty directory: x\n\r 3  7% c\n\nNumber of files: 5\n", named: false);

        Assert.Equal(["cannot delete non-empty directory: x", "Number of files: 5"], lines);
        Assert.Equal(" 3  7% c", progress[^1]);
    }

    [Fact]
    public void Output_InPiecesOfAnySize_ReadsTheSame()
    {
        var text = $"one\nname\n{Progress}\nNumber of files: 5\nname\n{Progress}two\n\nthree\nhalf a li";
        var whole = Read(text, named: true);

        for (var size = 1; size < text.Length; size++)
        {
            var pieces = Read(text, named: true, size);
            Assert.Equal(whole.Lines, pieces.Lines);
            Assert.Equal(whole.Progress[^1], pieces.Progress[^1]);
        }
        Assert.Equal(["one", "Number of files: 5", "two", "three", "half a li"], whole.Lines);
    }

    [Fact]
    public void Line_OfAnyLength_TakesLittleMemory()
    {
        var (lines, _) = Read(new string('x', 1 << 20) + "\n", named: true);

        Assert.Equal(8192, Assert.Single(lines).Length);
    }

    private static (List<string> Lines, List<string> Progress) Read(string text, bool named, int? size = null)
    {
        List<string> lines = [], progress = [];
        var reader = new RsyncLines(named, lines.Add);
        // By default, every line by itself: progress is only the last of what came at once.
        var pieces = size is { } each ? text.Chunk(each).Select(c => new string(c)) : text.Split('\n').SelectMany((l, i) => i == 0 ? [l] : new[] { "\n", l });
        foreach (var piece in pieces)
        {
            if (reader.Add(Encoding.Latin1.GetBytes(piece)) is { } last)
                progress.Add(last);
        }
        reader.End();
        return (lines, progress);
    }
}
