using Futago.Console.Postgres;

namespace Futago.Console.Tests.Startup;

public sealed class PostgresBinariesTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("futago-bin-").FullName;

    [Fact]
    public void FindInstalled_SeveralVersions_NewestFirstAndIncompleteOnesLeftOut()
    {
        Install("9.6");
        Install("15");
        Install("17");
        Directory.CreateDirectory(Path.Combine(_directory, "18", "bin"));

        Assert.Equal([17, 15, 9], PostgresBinaries.FindInstalled(_directory).Select(b => b.Major));
        Assert.Empty(PostgresBinaries.FindInstalled(Path.Combine(_directory, "none")));
    }

    [Theory]
    [InlineData(null, 17)]
    [InlineData("15", 15)]
    [InlineData("17", 17)]
    public void Choose_ClusterOfAnInstalledVersion_TakesThatOne(string? clusterVersion, int major)
    {
        Install("15");
        Install("17");

        Assert.Equal(major, PostgresBinaries.Choose(PostgresBinaries.FindInstalled(_directory), Cluster(clusterVersion)).Major);
    }

    [Theory]
    [InlineData("16", "newer than the installed version 15")]
    [InlineData("14", "not the same as the installed version 15")]
    public void Choose_ClusterOfAnotherVersion_IsRefusedNamingBoth(string clusterVersion, string reason)
    {
        Install("15");

        var refusal = Assert.Throws<StartupException>(() => PostgresBinaries.Choose(PostgresBinaries.FindInstalled(_directory), Cluster(clusterVersion)));

        Assert.Contains($"PostgreSQL {clusterVersion}, {reason}", refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"postgresql-{clusterVersion}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Choose_NothingInstalled_SaysWhatToInstall()
    {
        var refusal = Assert.Throws<StartupException>(() => PostgresBinaries.Choose([], Cluster(null)));

        Assert.Contains("apt install postgresql", refusal.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private void Install(string version)
    {
        var bin = Directory.CreateDirectory(Path.Combine(_directory, version, "bin")).FullName;
        foreach (var program in (string[])["postgres", "initdb", "pg_ctl"])
            File.WriteAllText(Path.Combine(bin, program), "");
    }

    private string Cluster(string? version)
    {
        var cluster = Directory.CreateDirectory(Path.Combine(_directory, "cluster")).FullName;
        if (version is not null)
            File.WriteAllText(Path.Combine(cluster, "PG_VERSION"), version + "\n");
        return cluster;
    }
}
