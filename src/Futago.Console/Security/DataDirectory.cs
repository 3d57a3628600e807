namespace Futago.Console.Security;

/// <summary>The console's own directory: private to its user, and in use by one console at a time.</summary>
public sealed class DataDirectory : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream @lock) => (FullPath, _lock) = (path, @lock);

    public string FullPath { get; }

    /// <exception cref="StartupException">Not writable, or another console runs on it.</exception>
    public static DataDirectory Open(string path)
    {
        try
        {
            Directory.CreateDirectory(path, OwnerOnly);
            File.SetUnixFileMode(path, OwnerOnly);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The data directory {path} cannot be written: {e.Message}");
        }
        var held = Lock(path);
        try
        {
            // Only now: without the lock they may be another console's, which is writing them.
            foreach (var left in Directory.EnumerateFiles(path, "*.new"))
                File.Delete(left);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            held.Dispose();
            throw new StartupException($"The data directory {path} cannot be written: {e.Message}");
        }
        return new DataDirectory(path, held);
    }

    private static FileStream Lock(string path)
    {
        try
        {
            // Held by the kernel (flock) for the life of the process, so that a killed console leaves nothing in the way.
            return new FileStream(Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new StartupException($"Another console is running on the data directory {path}. Stop it first.");
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StartupException($"The data directory {path} cannot be written: {e.Message}");
        }
    }

    public string PathOf(string name) => Path.Combine(FullPath, name);

    /// <summary>A directory inside, created private.</summary>
    public DirectoryInfo Subdirectory(string name) => Directory.CreateDirectory(Path.Combine(FullPath, name), OwnerOnly);

    /// <summary>
    /// Writes a private file so that a crash leaves the old one or the new one, never a part; when this returns, the new one stays, also when power is lost.
    /// (A peer that pinned a certificate must not meet another one.)
    /// </summary>
    public void Write(string name, string text)
    {
        var target = Path.Combine(FullPath, name);
        var temporary = target + ".new";
        using (var stream = new FileStream(temporary, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            // O_SYNC: unlike Flush(true), a write that does not reach the medium is an exception.
            Options = FileOptions.WriteThrough,
        }))
        using (var writer = new StreamWriter(stream))
        {
            writer.Write(text);
        }
        File.Move(temporary, target, overwrite: true);
        DirectorySync.Sync(FullPath);
    }

    public void Dispose() => _lock.Dispose();
}
