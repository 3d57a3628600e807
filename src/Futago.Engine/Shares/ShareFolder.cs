using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Futago.Engine.Shares;

/// <summary>
/// The directory of a share below the root of its file system. Who can write to a volume can put symbolic links on it, so no step of the
/// way may be one: it would lead a share to a place outside.
/// </summary>
internal static partial class ShareFolder
{
    private const UnixFileMode Shared =
        UnixFileMode.SetGroup | UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;

    /// <returns>Null when it is not there, or is not a folder all the way.</returns>
    public static string? Find(string root, string folder)
    {
        var directory = new DirectoryInfo(root);
        foreach (var name in folder.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            directory = new DirectoryInfo(Path.Combine(directory.FullName, name));
            if (!directory.Exists || directory.LinkTarget is not null)
                return null;
        }
        return directory.Exists ? directory.FullName : null;
    }

    /// <summary>Makes what is missing. The folder itself becomes one that share users can write to, unless somebody has given it an owner.</summary>
    /// <exception cref="IOException">Something on the way is no folder.</exception>
    public static void Prepare(string root, string folder)
    {
        var path = root;
        var made = false;
        foreach (var name in folder.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            path = Path.Combine(path, name);
            if (new FileInfo(path) is { LinkTarget: not null } or { Exists: true })
                throw new IOException($"{name} is not a folder");
            made = !Directory.Exists(path);
            Directory.CreateDirectory(path);
        }
        if (made || Futago.Volumes.Linux.FileOwner.Read(path) == (0, 0))
        {
            if (LChown(path, 0, SambaAccounts.Gid) != 0)
                throw new Win32Exception(Marshal.GetLastPInvokeError());
            File.SetUnixFileMode(path, Shared);
        }
    }

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LChown(string path, uint owner, uint group);
}
