namespace Futago.Console.Tests.Startup;

public sealed class ConsoleOptionsReaderTests
{
    private static readonly string[] Minimum = ["--data", "/d/console", "--postgres-data", "/d/postgres", "--engine-socket", "/run/e.sock"];

    [Fact]
    public void Read_Minimum_FillsInTheDefaults()
    {
        var options = ConsoleOptionsReader.Read(Minimum);

        Assert.Equal("0.0.0.0:8443", options.Listen.ToString());
        Assert.Equal(("/d/console", "/d/images"), (options.PostgresSocketDirectory, options.ImageDirectory));
        Assert.Null(options.IscsiPortal);
        Assert.Null(options.Socket);
    }

    [Fact]
    public void Read_Portal_IsParsed()
    {
        var options = ConsoleOptionsReader.Read([.. Minimum, "--iscsi-portal", "[::]:3261", "--listen", "[::1]:9443"]);

        Assert.Equal(("::", 3261), (options.IscsiPortal!.Address, options.IscsiPortal.Port));
        Assert.Equal(9443, options.Listen.Port);
    }

    [Fact]
    public void Read_SeveralFaults_NamesThemAll()
    {
        var refusal = Assert.Throws<StartupException>(() => ConsoleOptionsReader.Read(
            ["--data", "/d", "--listen", "here", "--iscsi-portal", "host:1", "--node-name", "a b", "--wrong", "--admin-password-file", "/does/not/exist"]));

        foreach (var fault in (string[])["--engine-socket is missing", "--postgres-data or", "--listen:", "--iscsi-portal:", "--node-name:", "--wrong", "--admin-password-file:"])
            Assert.Contains(fault, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_PasswordFile_LosesItsNewlineAndStaysOutOfText()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "correct-horse-9\n");

        var options = ConsoleOptionsReader.Read([.. Minimum, "--admin-password-file", file]);

        Assert.Equal("correct-horse-9", options.AdminPassword);
        Assert.DoesNotContain("horse", options.ToString(), StringComparison.Ordinal);
        File.Delete(file);
    }
}
