using System.Diagnostics;

namespace Futago.Blocks.Tests.Files;

/// <summary>A real file system of its own in a temporary directory; undone on Dispose, whatever happened.</summary>
internal sealed class TemporaryFileSystem : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("futago-blocks-").FullName;
    private string? _loop;
    private bool _mounted;

    private TemporaryFileSystem()
    {
    }

    /// <summary>Where files go.</summary>
    public string Path => System.IO.Path.Combine(_root, "mnt");

    /// <summary>Loop device, for those that have one.</summary>
    public string Loop => _loop ?? throw new InvalidOperationException("No loop device");

    /// <summary>XFS with reflink, as volume groups have it, on a loop device with sectors of this size.</summary>
    public static TemporaryFileSystem CreateXfs(int sectorBytes) => Create(fs =>
    {
        fs.AttachLoop(sectorBytes, 400L << 20);
        Run("mkfs.xfs", "-q", "-m", "reflink=1", fs.Loop);
        fs.Mount(fs.Loop);
    });

    /// <summary>The file system that temporary files are on anyway.</summary>
    public static TemporaryFileSystem CreatePlain() => Create(fs => Directory.CreateDirectory(fs.Path));

    /// <summary>A bare loop device.</summary>
    public static TemporaryFileSystem CreateRaw(int sectorBytes, long lengthBytes) => Create(fs => fs.AttachLoop(sectorBytes, lengthBytes));

    /// <summary>A file system in memory with room for this much.</summary>
    public static TemporaryFileSystem CreateTiny(long lengthBytes) => Create(fs => fs.Mount("-t", "tmpfs", "-o", $"size={lengthBytes}", "futago-tiny"));

    /// <summary>From now on the XFS file system answers every write and sync with EIO, as when its disk has gone.</summary>
    public void ShutDown() => Run("xfs_io", "-x", "-c", "shutdown", Path);

    public void Dispose()
    {
        if (_mounted)
            Run("umount", Path);
        if (_loop is not null)
            Run("losetup", "-d", _loop);
        Directory.Delete(_root, recursive: true);
    }

    private static TemporaryFileSystem Create(Action<TemporaryFileSystem> build)
    {
        var fs = new TemporaryFileSystem();
        try
        {
            build(fs);
            return fs;
        }
        catch
        {
            fs.Dispose();
            throw;
        }
    }

    private void AttachLoop(int sectorBytes, long lengthBytes)
    {
        var image = System.IO.Path.Combine(_root, "image");
        using (var file = File.Create(image))
            file.SetLength(lengthBytes);
        _loop = Run("losetup", "--find", "--show", "--sector-size", sectorBytes.ToString(System.Globalization.CultureInfo.InvariantCulture), image).Trim();
    }

    private void Mount(params string[] arguments)
    {
        Directory.CreateDirectory(Path);
        Run("mount", [.. arguments, Path]);
        _mounted = true;
    }

    private static string Run(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEnd();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{command} {string.Join(' ', arguments)}: {error}");
    }
}
