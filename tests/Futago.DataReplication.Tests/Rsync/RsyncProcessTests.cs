using System.Diagnostics;
using Futago.DataReplication.Linux;
using Futago.DataReplication.Rsync;
using Futago.Testing.Processes;

namespace Futago.DataReplication.Tests.Rsync;

/// <summary>The installed rsync, asked by signals how far it is, with files whose names read like what it prints.</summary>
public sealed class RsyncProcessTests : IDisposable
{
    private const int Sets = 50;
    private const int NamesEach = 8;
    private const int BytesEach = 1000;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("futago-rsync-");

    private string Source => Path.Combine(_directory.FullName, "source");

    public void Dispose() => Command.RunOkAsync("rm", "-rf", _directory.FullName).GetAwaiter().GetResult();

    [Fact]
    public async Task Rsync_WithHostileNames_EndsWithTrueStatistics()
    {
        await FillAsync();
        var output = new RsyncOutput();

        var exitCode = await RunAsync(output, _ => { }, null, CancellationToken.None);

        Assert.True(exitCode == 0, output.Text);
        var statistics = RsyncStatistics.Parse(output.LastPrinted);
        Assert.NotNull(statistics);
        Assert.Equal((Sets * NamesEach, Sets * NamesEach * BytesEach), (statistics.FilesTransferred, statistics.TransferredBytes));
        Assert.Equal(0, statistics.FilesDeleted);
    }

    [Fact]
    public async Task Rsync_ThatIsAskedAndStopped_PrintsNoNameAndNoStatistics()
    {
        await FillAsync();
        var output = new RsyncOutput();
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        List<RsyncProgress> seen = [];

        // Slow, so that the run is going on until a line of progress has come.
        var exitCode = await RunAsync(output, step =>
        {
            seen.Add(step);
            if (step.FilesTransferred > 0)
                stop.Cancel();
        }, limit: 8 << 10, stop.Token);

        Assert.Equal(20, exitCode);
        Assert.Contains(seen, s => s.FilesTransferred > 0);
        // Each hostile name has numbers beyond anything that is here.
        Assert.All(seen, s => Assert.True(s is { Bytes: < Sets * NamesEach * BytesEach, FilesTransferred: < Sets * NamesEach, Percent: null or < 100 }, s.ToString()));
        // Not of all that was said: the receiving side may complain of a file in whose middle it lost the sending one.
        Assert.Empty(output.LastPrinted);
        Assert.Null(RsyncStatistics.Parse(output.LastPrinted));
    }

    [Fact]
    public async Task Signal_ToAProcessThatDoesNotExpectIt_IsNotSent()
    {
        using var process = Process.Start(new ProcessStartInfo("sleep", "600"))!;
        using var handle = ChildHandle.Open(process.Id);

        var sent = handle!.TrySignal(Signals.SIGVTALRM);
        Signals.Terminate(process.Id);
        await process.WaitForExitAsync();

        Assert.False(sent);
        Assert.Equal(128 + 15, process.ExitCode);
        Assert.False(handle.TrySignal(Signals.SIGVTALRM));
        Assert.Null(handle.ReadBytes());
    }

    private async Task<int> RunAsync(RsyncOutput output, Action<RsyncProgress> progress, long? limit, CancellationToken stop)
    {
        var options = new RsyncOptions(Delete: true, DeleteLimit: 1000, limit, false, [], []);
        return await RsyncProcess.RunAsync(
            [.. options.ToArguments(mayDelete: true, wholeFiles: true, syncsFiles: false, progressOnSignal: true), "--", Source + "/", "rsync://local@localhost/local/"], progressOnSignal: true,
            "correct horse battery", $"'{RsyncProgram.Path}' --server --daemon '--config={await ConfigureAsync()}' .", _directory.FullName, output, progress, stop);
    }

    private async Task<string> ConfigureAsync()
    {
        var destination = Directory.CreateDirectory(Path.Combine(_directory.FullName, "destination")).FullName;
        var configuration = Path.Combine(_directory.FullName, "rsyncd.conf");
        await File.WriteAllTextAsync(configuration, $"[local]\npath = {destination}\nread only = no\nuid = 0\ngid = 0\nuse chroot = no\nlog file = /dev/null\n");
        return configuration;
    }

    /// <summary>
    /// In bash, since such names cannot be given to .NET's methods. rsync prints paths, so that directories help a name to look like progress.
    /// </summary>
    private Task FillAsync() => Command.RunOkAsync("bash", "-ec", $$"""
        mkdir "$0"; cd "$0"
        for ((d = 10; d < {{Sets}} + 10; d++)); do
          for name in 'Number of files: 777777@' 'Number of deleted files: 777777@' 'Total bytes sent: 777777@' 'total size is 777777@  speedup is 1.00' \
              '      777777@ 100%    1.00MB/s    0:00:00 (xfr#777777@, to-chk=0/777777@)' \
              $'\r      777777@ 100%    1.00MB/s    0:00:00 (xfr#777777@, to-chk=0/777777@)\r' \
              $'\nNumber of files: 777777@\nTotal bytes sent: 777777@\n' \
              $'bad\xff\xfe777777@\r\n'; do
            name=${name//@/$d}
            [[ $name != */* ]] || mkdir -p "${name%/*}"
            head -c {{BytesEach}} /dev/zero >"$name"
          done
        done
        """, Source);
}
