using Futago.DataReplication.Settling;
using Futago.Testing.Processes;
using Futago.Volumes.Metadata;
using Microsoft.Extensions.Logging.Abstractions;

namespace Futago.DataReplication.Tests.Settling;

public sealed class UnsettledCopiesTests : IDisposable
{
    private const string Golden = """
        {"formatVersion":1,"folder":"a/b","since":"2026-11-30T18:00:00+00:00","checksum":"sha256:ddf2d8016317030f7ac2017eb40a96a14aa26068ab3c0c8dc86ec5e21b8e500a"}

        """;

    private static readonly DateTime Copied = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("futago-settling-");
    private readonly UnsettledCopies _copies = NewEngine();

    private string Root => _directory.FullName;

    private string Marker => UnsettledCopies.MarkerOf(Root, "");

    [Fact]
    public async Task Copy_WhileItLasts_IsMarked()
    {
        var copy = await _copies.BeginAsync(Root, "");
        var during = File.Exists(Marker);
        await copy.DisposeAsync();

        Assert.True(during);
        Assert.False(File.Exists(Marker));
        await _copies.SettleAsync(Root, "");
    }

    /// <summary>rsync compares times to the nanosecond, those of directories too.</summary>
    [Fact]
    public async Task Copy_ThatIsOver_LeavesTheTimeThatItGaveTheRoot()
    {
        await using (await _copies.BeginAsync(Root, ""))
            await Command.RunOkAsync("touch", "--date=2026-01-02 03:04:05.123456789 UTC", Root);

        Assert.StartsWith("2026-01-02 03:04:05.123456789", await Command.RunOkAsync("env", "TZ=UTC", "stat", "--format=%y", Root), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Copies_ToOnePlace_AreMarkedUntilTheLastIsOver()
    {
        var first = await _copies.BeginAsync(Root, "");
        var second = await _copies.BeginAsync(Root, "");
        await first.DisposeAsync();
        await first.DisposeAsync();
        var during = File.Exists(Marker);
        await second.DisposeAsync();

        Assert.True(during);
        Assert.False(File.Exists(Marker));
    }

    [Fact]
    public async Task Copies_ToTwoFoldersOfOneVolume_AreMarkedEachForItself()
    {
        Directory.CreateDirectory(Path.Combine(Root, "a"));
        await using var first = await _copies.BeginAsync(Root, "");
        await using (await _copies.BeginAsync(Root, "a"))
            Assert.True(File.Exists(UnsettledCopies.MarkerOf(Root, "a")));

        Assert.False(File.Exists(UnsettledCopies.MarkerOf(Root, "a")));
        Assert.True(File.Exists(Marker));
    }

    [Fact]
    public async Task Settle_WhileTheCopyLasts_LeavesTheMarker()
    {
        await using var copy = await _copies.BeginAsync(Root, "");
        await _copies.SettleAsync(Root, "");

        Assert.True(File.Exists(Marker));
    }

    /// <summary>An engine that was killed, or lost its power, has left its marker.</summary>
    [Fact]
    public async Task Begin_AfterACopyThatHadNoEnd_GivesAnotherTimeToWhatWasChangedSince()
    {
        await NewEngine().BeginAsync(Root, "");
        await WriteStrangeNamesAsync();

        await using var copy = await _copies.BeginAsync(Root, "");

        Assert.Equal("", await CopiedFilesAsync());
        Assert.Equal(Copied, File.GetLastWriteTimeUtc(Path.Combine(Root, "a", "link")));
        Assert.Equal(Copied, Directory.GetLastWriteTimeUtc(Path.Combine(Root, "a")));
    }

    [Fact]
    public async Task Begin_AfterACopyThatHadNoEnd_LeavesWhatIsOlder()
    {
        await WriteStrangeNamesAsync();
        var later = new UnsettledDocument(UnsettledDocument.CurrentVersion, "", TimeProvider.System.GetUtcNow().AddDays(2));
        SealedDocument.Write(Marker, later, ReplicationJson.Options, UnixFileMode.UserRead);

        await using var copy = await _copies.BeginAsync(Root, "");

        Assert.NotEqual("", await CopiedFilesAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"formatVersion\":2,\"unheard\":true}")]
    public async Task Begin_WithAMarkerThatCannotBeRead_TrustsNoFile(string content)
    {
        await WriteStrangeNamesAsync();
        await File.WriteAllTextAsync(Marker, content);

        await using var copy = await _copies.BeginAsync(Root, "");

        Assert.Equal("", await CopiedFilesAsync());
    }

    [Fact]
    public async Task Begin_WhereNothingCanBeWritten_RefusesAndForgetsThePlace()
    {
        var missing = Path.Combine(Root, "missing");

        await Assert.ThrowsAnyAsync<IOException>(() => _copies.BeginAsync(missing, ""));
        Directory.CreateDirectory(missing);
        await using (await _copies.BeginAsync(missing, ""))
        {
        }

        Assert.False(File.Exists(UnsettledCopies.MarkerOf(missing, "")));
    }

    [Fact]
    public void Marker_OfVersion1_IsReadAndWrittenAsItWas()
    {
        File.WriteAllText(Marker, Golden);

        var state = SealedDocument.Read<UnsettledDocument>(Marker, UnsettledDocument.CurrentVersion, ReplicationJson.Options, out var document);

        Assert.Equal(SealedDocumentState.Good, state);
        Assert.Equal(new UnsettledDocument(1, "a/b", new DateTimeOffset(2026, 11, 30, 18, 0, 0, TimeSpan.Zero)), document);
        SealedDocument.Write(Marker, document!, ReplicationJson.Options, UnixFileMode.UserRead);
        Assert.Equal(Golden, File.ReadAllText(Marker));
    }

    // Not Directory.Delete: it cannot delete names that are no UTF-8.
    public void Dispose() => Command.RunOkAsync("rm", "-rf", Root).GetAwaiter().GetResult();

    private static UnsettledCopies NewEngine() => new(new ImpatientTime(), NullLogger<UnsettledCopies>.Instance);

    /// <summary>In bash, since such names cannot be given to .NET's methods; all with the time of a source.</summary>
    private Task WriteStrangeNamesAsync() => Command.RunOkAsync("bash", "-ec", """
        cd "$0"; mkdir -p a/b
        for name in plain '-rf' $'new\nline' $'\xff\xfe' a/b/deep; do echo x >"./$name"; done
        ln -s ../plain a/link
        find . ! -name '.futago-*' -exec touch -h -d '2026-01-02 03:04:05 UTC' {} +
        """, Root);

    /// <summary>Those that rsync would take for copied.</summary>
    private Task<string> CopiedFilesAsync() => Command.RunOkAsync("find", Root, "-type", "f", "!", "-name", ".futago-*", "-newermt", "2026-01-01 UTC", "-print");
}
