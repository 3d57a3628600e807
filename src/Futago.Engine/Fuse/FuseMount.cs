using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using Futago.Blocks;

namespace Futago.Engine.Fuse;

/// <summary>A block device as a file: <see cref="FilePath"/> exists while this is mounted.</summary>
internal sealed class FuseMount
{
    /// <summary>Type of the file system in the list of mounts.</summary>
    public const string FileSystem = "fuse.futago";

    private readonly string _mountPoint;
    private readonly FuseServer _server;

    private FuseMount(string mountPoint, FuseServer server) => (_mountPoint, _server) = (mountPoint, server);

    /// <summary>The file that is the device.</summary>
    public string FilePath => Path.Combine(_mountPoint, FuseServer.FileName);

    /// <inheritdoc cref="FuseServer.HasFailed"/>
    public bool HasFailed => _server.HasFailed;

    /// <inheritdoc cref="FuseServer.Answered"/>
    public long Answered => _server.Answered;

    /// <inheritdoc cref="FuseServer.Ended"/>
    public Task Ended => _server.Ended;

    /// <summary>The source in the list of mounts; says which process serves it, for whoever has to abort it in that one's place.</summary>
    public static string SourceOf(int processId) => string.Create(CultureInfo.InvariantCulture, $"futago-{processId}");

    /// <param name="mountPoint">A directory; made if it is not there.</param>
    /// <param name="name">For logs.</param>
    /// <exception cref="Win32Exception">The kernel refused; the message is the system's.</exception>
    /// <exception cref="IOException">The directory cannot be made.</exception>
    public static FuseMount Mount(string mountPoint, IBlockDevice device, string name, ILogger logger)
    {
        Directory.CreateDirectory(mountPoint, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var connection = FuseSystem.Open("/dev/fuse", FuseSystem.O_RDWR | FuseSystem.O_CLOEXEC, 0);
        if (connection < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        var data = string.Create(CultureInfo.InvariantCulture, $"fd={connection},rootmode=40000,user_id=0,group_id=0,max_read={FuseWire.DataBytesMaximum}");
        if (FuseSystem.Mount(SourceOf(Environment.ProcessId), mountPoint, FileSystem, FuseSystem.MS_NOSUID | FuseSystem.MS_NODEV | FuseSystem.MS_NOEXEC, data) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            _ = FuseSystem.Close(connection);
            throw new Win32Exception(error);
        }
        return new FuseMount(mountPoint, FuseServer.Start(connection, device, name, logger));
    }

    /// <returns>False: the file is in use, and stays.</returns>
    public bool TryUnmount()
    {
        if (FuseSystem.Unmount(_mountPoint, 0) != 0)
            return false;
        RemoveMountPoint();
        return true;
    }

    /// <summary>
    /// Ends it, whoever uses it: from now on all that is asked of the file ends in an error, and what waits for an answer has one. Requests that the
    /// device has already are its own business.
    /// </summary>
    public void Abort()
    {
        // MNT_FORCE aborts the connection, also when the unmounting itself then fails because the file is in use.
        if (FuseSystem.Unmount(_mountPoint, FuseSystem.MNT_FORCE) != 0)
            _ = FuseSystem.Unmount(_mountPoint, FuseSystem.MNT_DETACH);
        RemoveMountPoint();
    }

    private void RemoveMountPoint()
    {
        try
        {
            Directory.Delete(_mountPoint);
        }
        catch (IOException)
        {
            // Still there in another mount namespace, or not empty; the next start looks again.
        }
    }
}
