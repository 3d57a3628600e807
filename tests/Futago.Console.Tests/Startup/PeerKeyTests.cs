using Futago.Console.Pairing;
using Futago.Console.Security;
using Futago.Testing.Processes;

namespace Futago.Console.Tests.Startup;

/// <summary>The key by which the peer knows this console: whole or not there, and once it is there it stays.</summary>
public sealed class PeerKeyTests : IDisposable
{
    private const string FileName = "peer.pem";

    private readonly string _directory = Directory.CreateTempSubdirectory("futago-key-").FullName;

    [Fact]
    public async Task Key_Made_OutlivesALossOfPower()
    {
        var steps = await StepsAsync();

        Assert.Contains(steps, s => s.IsRename && s.NewPath == Path.Combine(_directory, FileName));
        // Its content is written with O_SYNC, which is no step of its own.
        Assert.Empty(FileSteps.NotDurable([.. steps.Where(s => !s.IsWrite)]));
    }

    /// <summary>What comes behind the rename is for a loss of power only: a killed process leaves its names.</summary>
    [Fact]
    public async Task Kill_BeforeTheKeyIsThere_LeavesNone()
    {
        var steps = await StepsAsync();
        await using var console = await ConsoleProcess.CreateAsync();
        var file = Path.Combine(console.DataDirectoryPath, FileName);

        foreach (var (step, _) in FileSteps.ToKillAt(steps).Where(s => !s.Step.IsSync))
        {
            var log = Path.GetTempFileName();
            console.Start([.. FileSteps.Killing(step with { Path = console.DataDirectoryPath + step.Path[_directory.Length..] }, log)]);
            Assert.Equal(128 + 9, await console.WaitForExitAsync());
            File.Delete(log);

            Assert.False(File.Exists(file), $"killed before {step}");
            Assert.True(File.Exists(file + ".new"), $"killed before {step}");
        }
        using var directory = DataDirectory.Open(console.DataDirectoryPath);
        var made = PeerCertificate.LoadOrCreate(directory, TimeProvider.System);
        var again = PeerCertificate.LoadOrCreate(directory, TimeProvider.System);
        Assert.Equal(made.Fingerprint, again.Fingerprint);
        Assert.False(File.Exists(file + ".new"));
        made.Certificate.Dispose();
        again.Certificate.Dispose();
    }

    [Fact]
    public void Directory_InUse_KeepsWhatItsConsoleIsWriting()
    {
        using var directory = DataDirectory.Open(_directory);
        var written = directory.PathOf("peer.pem.new");
        File.WriteAllText(written, "half");

        Assert.Throws<StartupException>(() => DataDirectory.Open(_directory));

        Assert.Equal("half", File.ReadAllText(written));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private async Task<IReadOnlyList<FileStep>> StepsAsync()
    {
        using var directory = DataDirectory.Open(_directory);
        await using var recording = await FileSteps.RecordAsync(Environment.ProcessId);
        PeerCertificate.LoadOrCreate(directory, TimeProvider.System).Certificate.Dispose();
        return await recording.EndAsync(_directory);
    }
}
