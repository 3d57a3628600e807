using Futago.DataReplication.Rsync;

namespace Futago.DataReplication.Tests.Rsync;

public sealed class RsyncStatisticsTests
{
    private static readonly string[] Block =
    [
        "Number of files: 2102 (reg: 2100, dir: 2)",
        "Number of created files: 3 (reg: 3)",
        "Number of deleted files: 2",
        "Number of regular files transferred: 3",
        "Total file size: 4000 bytes",
        "Total transferred file size: 300 bytes",
        "Literal data: 200 bytes",
        "Matched data: 100 bytes",
        "File list size: 0",
        "File list generation time: 0.001 seconds",
        "File list transfer time: 0.000 seconds",
        "Total bytes sent: 500",
        "Total bytes received: 60",
        "sent 500 bytes  received 60 bytes  1120.00 bytes/sec",
        "total size is 4000  speedup is 7.14",
    ];

    [Fact]
    public void Statistics_AreTheBlockAtTheEnd()
    {
        var statistics = RsyncStatistics.Parse(["cannot delete non-empty directory: Number of files: 9", .. Block]);

        Assert.Equal(new RsyncStatistics(2102, 3, 2, 3, 4000, 300, 200, 100, 500, 60), statistics);
    }

    /// <summary>The names of files that read like statistics stand before the block, and the block holds every name itself.</summary>
    [Theory]
    [InlineData("Number of files: 1")]
    [InlineData("Number of deleted files: 1000")]
    [InlineData("Total bytes sent: 1")]
    [InlineData("total size is 1  speedup is 1.00")]
    public void Line_BeforeTheBlock_IsNoStatistic(string line) =>
        Assert.Equal(RsyncStatistics.Parse(Block), RsyncStatistics.Parse([line, line, .. Block]));

    [Theory]
    [InlineData("Number of deleted files: 1000")]
    [InlineData("something else")]
    public void Line_InsideTheBlock_MakesItNone(string line) => Assert.Null(RsyncStatistics.Parse([.. Block[..5], line, .. Block[5..]]));

    [Theory]
    [InlineData("Number of files: 1")]
    [InlineData("something else")]
    public void Line_BehindTheBlock_MakesItNone(string line) => Assert.Null(RsyncStatistics.Parse([.. Block, line]));

    /// <summary>As rsync ends that was killed or lost its connection, with a last name that was printed just before.</summary>
    [Fact]
    public void Output_ThatEndsInTheMiddle_HasNoStatistics()
    {
        for (var length = 0; length < Block.Length; length++)
        {
            Assert.Null(RsyncStatistics.Parse(Block[..length]));
            if (length < Block.Length - 1)
                Assert.Null(RsyncStatistics.Parse([.. Block[..length], "total size is 1  speedup is 1.00"]));
        }
        Assert.Null(RsyncStatistics.Parse(Block[^2..]));
    }
}
