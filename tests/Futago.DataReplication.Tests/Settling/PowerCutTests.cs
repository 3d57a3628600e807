using Futago.DataReplication.Runs;
using Futago.DataReplication.Settling;
using Futago.Testing.Processes;
using Futago.Volumes.Snapshots;
using Microsoft.Extensions.Logging.Abstractions;

namespace Futago.DataReplication.Tests.Settling;

/// <summary>On an XFS of its own, whose unwritten part is thrown away as a power cut does.</summary>
public sealed class PowerCutTests : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("futago-powercut-");

    private string Image => Path.Combine(_directory.FullName, "image");

    private string Root => Path.Combine(_directory.FullName, "root");

    private string Marker => UnsettledCopies.MarkerOf(Root, "");

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Root);
        await Command.RunOkAsync("truncate", "--size=512M", Image);
        await Command.RunOkAsync("mkfs.xfs", "-q", Image);
        await MountAsync(Image);
    }

    [Fact]
    public async Task Copy_WhenThePowerFails_IsStillMarked()
    {
        await NewEngine().BeginAsync(Root, "");
        await File.WriteAllTextAsync(Path.Combine(Root, "file"), "x");

        await CutPowerAsync();

        Assert.True(File.Exists(Marker));
    }

    [Fact]
    public async Task Copy_ThatIsOver_OutlivesThePower()
    {
        await using (await NewEngine().BeginAsync(Root, ""))
            await File.WriteAllTextAsync(Path.Combine(Root, "file"), "x");

        await CutPowerAsync();

        Assert.False(File.Exists(Marker));
        Assert.Equal("x", await File.ReadAllTextAsync(Path.Combine(Root, "file")));
    }

    [Fact]
    public async Task Settle_OfWhatHasNoEnd_OutlivesThePowerToo()
    {
        var copies = NewEngine();
        await copies.BeginAsync(Root, "");
        await File.WriteAllTextAsync(Path.Combine(Root, "file"), "x");

        await copies.SettleAsync(Root, "");
        await CutPowerAsync();

        Assert.Equal("x", await File.ReadAllTextAsync(Path.Combine(Root, "file")));
        Assert.True(File.Exists(Marker));
    }

    [Fact]
    public async Task Settle_WhereTheMediumHasFailed_SaysSoUntilItIsComparedAgain()
    {
        var copies = NewEngine();
        var copy = await copies.BeginAsync(Root, "");
        await File.WriteAllTextAsync(Path.Combine(Root, "file"), "x");
        await Command.RunOkAsync("xfs_io", "-x", "-c", "shutdown", Root);
        await copy.DisposeAsync();
        await RemountAsync();

        await Assert.ThrowsAsync<IOException>(() => copies.SettleAsync(Root, ""));
        await using (await copies.BeginAsync(Root, ""))
        {
        }
        await copies.SettleAsync(Root, "");
    }

    [Fact]
    public async Task Run_ToAFullVolumeOfThisNode_SaysThatItIsFull()
    {
        await using var bench = await RunBench.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(bench.SourceRoot, "file"), "x");
        // The volume's root becomes this file system.
        await Command.RunOkAsync("cp", Path.Combine(bench.DestinationRoot, NasSentinel.FileName), Root);
        await Command.RunOkAsync("mount", "--bind", Root, bench.DestinationRoot);
        try
        {
            // As much as goes in, files of no length too.
            await Command.RunAsync("dd", ["if=/dev/zero", $"of={Root}/ballast", "bs=1M", "conv=fsync"]);
            await Command.RunAsync("bash", ["-c", "i=0; while echo x >\"$0/small$((i++))\"; do :; done", Root]);

            var result = await bench.RunAsync(bench.Request(new LocalDestination(bench.Destination, "")));

            Assert.Equal((RunOutcome.Failed, RunReason.DestinationFull), (result.Outcome, result.Reason));
        }
        finally
        {
            await Command.RunOkAsync("umount", bench.DestinationRoot);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Command.RunOkAsync("umount", "--lazy", Root);
        _directory.Delete(recursive: true);
    }

    private static UnsettledCopies NewEngine() => new(new ImpatientTime(), NullLogger<UnsettledCopies>.Instance);

    /// <summary>Without flushing the log: what was not synced is gone.</summary>
    private async Task CutPowerAsync()
    {
        await Command.RunOkAsync("xfs_io", "-x", "-c", "shutdown", Root);
        await RemountAsync();
    }

    /// <summary>From a copy of the medium: what the engine of before has open keeps the file system of the first.</summary>
    private async Task RemountAsync()
    {
        await Command.RunOkAsync("umount", "--lazy", Root);
        await Command.RunOkAsync("cp", "--sparse=always", Image, Image + ".after");
        await MountAsync(Image + ".after");
    }

    private Task MountAsync(string image) => Command.RunOkAsync("mount", "-o", "loop,nouuid", image, Root);
}
