using System.Globalization;
using Futago.Engine.Hosting;
using Futago.Volumes.Linux;

namespace Futago.Engine.State;

/// <summary>
/// The engine's own directory, held by one engine at a time. docs/on-disk/engine-state.md describes its files.
/// </summary>
internal sealed class StateDirectory : IDisposable
{
    private const UnixFileMode DirectoryMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly FileStream _lock;

    private StateDirectory(string path, FileStream heldLock)
    {
        Path = path;
        _lock = heldLock;
    }

    public string Path { get; }

    public string ConfigurationFile => System.IO.Path.Combine(Path, "configuration.json");

    public string UnitsFile => System.IO.Path.Combine(Path, "units.json");

    public string IdentityFile => System.IO.Path.Combine(Path, "identity.json");
    public string SharesFile => System.IO.Path.Combine(Path, "shares.json");

    public string SambaDirectory => System.IO.Path.Combine(Path, "samba");

    /// <summary>Runs of data replication and their results.</summary>
    public string RunsDirectory => System.IO.Path.Combine(Path, "runs");

    /// <summary>Records and history of the failover.</summary>
    public string FailoverDirectory => System.IO.Path.Combine(Path, "failover");

    /// <summary>What this node knows of its copies of replicated volumes and cannot write beside them.</summary>
    public string MirrorDirectory => System.IO.Path.Combine(Path, "mirror");

    public string AgentCertificateFile => System.IO.Path.Combine(Path, "agent-certificate.pem");

    public string EventsDirectory => System.IO.Path.Combine(Path, "events");

    private string RunningFile => System.IO.Path.Combine(Path, "running");

    /// <summary>Takes the directory, creating it if need be.</summary>
    /// <exception cref="StartException">Not writable, or another engine has it.</exception>
    public static StateDirectory Take(string path)
    {
        var lockFile = System.IO.Path.Combine(path, "engine.lock");
        try
        {
            Directory.CreateDirectory(path, DirectoryMode);
            // FileShare.None is flock(2): it goes when the process goes, however it ends.
            var held = new FileStream(lockFile, new FileStreamOptions
            {
                Mode = System.IO.FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = FileMode,
            });
            WritePid(path, held);
            return new StateDirectory(path, held);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StartException($"The data directory {path} is not writable: {e.Message}", e);
        }
        catch (IOException e) when (IsHeld(lockFile))
        {
            var pid = ReadPid(System.IO.Path.Combine(path, "engine.pid"));
            throw new StartException(
                $"Another engine{(pid is null ? "" : $" (process {pid})")} is running on the data directory {path}. Stop it, or give this one a directory of its own.", e);
        }
        catch (IOException e)
        {
            throw new StartException($"The data directory {path} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>Leaves a mark that only an orderly end removes.</summary>
    /// <returns>True when the mark of the run before is still there.</returns>
    public bool BeginRun()
    {
        var unclean = File.Exists(RunningFile);
        DurableFile.Replace(RunningFile, "1\n"u8, FileMode);
        return unclean;
    }

    public void EndRun()
    {
        File.Delete(RunningFile);
        DurableFile.SyncDirectory(Path);
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>For messages only; when the lock is ours but this fails, the disk is full or broken.</summary>
    private static void WritePid(string path, FileStream held)
    {
        try
        {
            File.WriteAllText(System.IO.Path.Combine(path, "engine.pid"), Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
        }
        catch (IOException e)
        {
            held.Dispose();
            throw new StartException($"The data directory {path} cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Tells a lock of another process from other reasons why the file could not be opened.</summary>
    private static bool IsHeld(string lockFile) => File.Exists(lockFile) && !Directory.Exists(lockFile);

    private static string? ReadPid(string path)
    {
        try
        {
            var text = File.ReadAllText(path).Trim();
            return text.Length is > 0 and < 12 && text.All(char.IsAsciiDigit) ? text : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
