using Futago.DataReplication.Runs;
using Futago.DataReplication.Settling;
using Futago.Testing.Processes;
using Futago.Volumes.Snapshots;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Futago.DataReplication.Tests.Settling;

/// <summary>On an XFS of its own, whose unwritten part is thrown away as a power cut does.</summary>
public sealed class PowerCutTests : IAsyncLifetime
{
    /// <summary>Less than the half minute after which the kernel writes by itself.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

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

    /// <summary>The kernel says it once, and not to the copy's end.</summary>
    [Fact]
    public async Task Settle_WhereTheMediumHasFailedWhileTheCopyWentOn_SaysSo()
    {
        var log = new EventLog();
        var copies = new UnsettledCopies(TimeProvider.System, log) { StepBytes = 0 };
        var copy = await copies.BeginAsync(Root, "");
        await File.WriteAllTextAsync(Path.Combine(Root, "file"), "x");
        await Command.RunOkAsync("xfs_io", "-x", "-c", "shutdown", Root);
        await log.NotDurable.WaitAsync(Timeout, TestContext.Current.CancellationToken);
        await RemountAsync();

        await Assert.ThrowsAsync<IOException>(() => copies.SettleAsync(Root, ""));
        await copy.DisposeAsync();
        Assert.True(File.Exists(Marker));
    }

    /// <summary>Long before its end, and before the kernel would begin by itself.</summary>
    [Fact]
    public async Task Copy_OfMuch_GoesToTheMediumWhileItLasts()
    {
        var file = Path.Combine(Root, "file");
        var copies = new UnsettledCopies(TimeProvider.System, NullLogger<UnsettledCopies>.Instance) { StepBytes = 1 << 20 };
        await using var copy = await copies.BeginAsync(Root, "");
        await File.WriteAllBytesAsync(file, new byte[4 << 20]);

        // Without a place on the medium before.
        using var limit = new CancellationTokenSource(Timeout);
        while ((await Command.RunOkAsync("filefrag", "-v", file)).Contains("delalloc", StringComparison.Ordinal))
            await Task.Delay(10, limit.Token);
    }

    [Fact]
    public async Task Copy_OfLittle_StaysInMemoryUntilItsEnd()
    {
        var file = Path.Combine(Root, "file");
        var copies = new UnsettledCopies(new ImpatientTime(), NullLogger<UnsettledCopies>.Instance);
        await using (await copies.BeginAsync(Root, ""))
        {
            await File.WriteAllBytesAsync(file, new byte[4 << 20]);
            Assert.Contains("delalloc", await Command.RunOkAsync("filefrag", "-v", file), StringComparison.Ordinal);
        }

        Assert.DoesNotContain("delalloc", await Command.RunOkAsync("filefrag", "-v", file), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WriteBehind_IsDueOnceForEachStep_AndNotForWhatTookThePlaceOfSomething()
    {
        const int Step = 8 << 20;
        var behind = new WriteBehind(Root, Step);
        Assert.False(behind.IsDue());
        await File.WriteAllBytesAsync(Path.Combine(Root, "a"), new byte[2 * Step]);
        Assert.True(behind.IsDue());
        Assert.False(behind.IsDue());

        // XFS gives back what a deleted file had some time later, and what is cut off at once.
        await File.WriteAllBytesAsync(Path.Combine(Root, "a"), []);
        Assert.False(behind.IsDue());
        await File.WriteAllBytesAsync(Path.Combine(Root, "b"), new byte[2 * Step]);
        Assert.True(behind.IsDue());
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

    private sealed class EventLog : ILogger<UnsettledCopies>
    {
        private const int NotDurableEvent = 4202;

        private readonly TaskCompletionSource _notDurable = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task NotDurable => _notDurable.Task;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id == NotDurableEvent)
                _notDurable.TrySetResult();
        }
    }
}
