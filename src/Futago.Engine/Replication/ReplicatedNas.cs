using System.ComponentModel;
using Futago.Blocks;
using Futago.Engine.Fuse;
using Futago.Volumes;
using Futago.Volumes.LogicalVolumes;
using Futago.Volumes.Nas;

namespace Futago.Engine.Replication;

/// <summary>
/// The file system of a replicated NAS volume on the node that is source: the mirror as a file (FUSE), a loop device over it, XFS on that. In
/// this order it comes; it goes in the other one, and with it the shares first. Calls come one at a time.
/// </summary>
/// <param name="releaseShares">Takes the shares of the volume off; their connections are closed when it has ended.</param>
internal sealed partial class ReplicatedNas(
    VolumeCatalogue catalogue, LogicalVolume volume, string path, IBlockDevice device, Func<Task> releaseShares, TimeProvider time, ILogger logger)
{
    /// <summary>Whoever had a file open needs a moment to be gone.</summary>
    private const int AttemptsMaximum = 30;
    private static readonly TimeSpan AttemptPause = TimeSpan.FromMilliseconds(100);

    /// <summary>A mirror that completes nothing for so long, while there is something to write, is cut off.</summary>
    private static readonly TimeSpan ProgressTimeout = TimeSpan.FromSeconds(10);

    private FuseMount? _mirror;
    private ReplicatedFileSystem? _fileSystem;
    private long _length;

    public bool IsMounted => _fileSystem is not null;

    /// <summary>A write that the kernel thinks done may be missing: XFS has stopped, and has to be mounted again.</summary>
    public bool HasFailed => _mirror is { HasFailed: true };

    /// <summary>Offers the mirror as a file and mounts what is in it.</summary>
    /// <returns>Why not, or null.</returns>
    public async Task<string?> MountAsync()
    {
        if (IsMounted)
            return null;
        try
        {
            _length = device.LengthBytes;
            _mirror = FuseMount.Mount(catalogue.MirrorMountPointOf(volume.Id), device, path, logger);
            var file = _mirror.FilePath;
            _fileSystem = await Blocking(() => catalogue.MountReplicated(volume, file));
            await ExpandAsync(_fileSystem);
            LogMounted(logger, path, _fileSystem.MountPoint);
            return null;
        }
        catch (Exception e) when (e is Win32Exception or IOException or UnauthorizedAccessException)
        {
            await CutOffAsync();
            return e.Message;
        }
    }

    /// <summary>Gives the file system more room when the mirror has become longer, which it is when both nodes' volumes are.</summary>
    public async Task FollowGrowthAsync()
    {
        if (_fileSystem is not { } fileSystem || device.LengthBytes <= _length)
            return;
        _length = device.LengthBytes;
        await ExpandAsync(fileSystem);
    }

    /// <summary>Takes the shares off and unmounts. What was written is on both nodes then.</summary>
    /// <returns>Who still uses it, in words: it is served as before. Null: it is unmounted.</returns>
    public async Task<string?> TryUnmountAsync()
    {
        if (_fileSystem is not { } fileSystem)
            return null;
        try
        {
            // Most of what has to be written is written while the shares still serve.
            await WhileItGoesOnAsync(Blocking(() =>
            {
                fileSystem.Sync();
                return true;
            }));
            fileSystem.Withdraw();
            await releaseShares();
            for (var attempt = 1; !await WhileItGoesOnAsync(Blocking(fileSystem.TryUnmount)); attempt++)
            {
                if (attempt < AttemptsMaximum)
                {
                    await Task.Delay(AttemptPause, time);
                    continue;
                }
                fileSystem.Publish();
                return fileSystem.FindUsers() is { Count: > 0 } users ? string.Join("; ", users) : "a process";
            }
        }
        catch (Exception e) when (e is Win32Exception or TimeoutException)
        {
            // Its medium does not answer, or XFS has stopped: nothing more can come out of it in order.
            LogCutOff(logger, path, e.Message);
            await CutOffAsync();
            return null;
        }
        _fileSystem = null;
        await CloseMirrorAsync();
        LogUnmounted(logger, path);
        return null;
    }

    /// <summary>Unmounts, in order if that is possible now; else what still uses the file system loses it.</summary>
    public async Task EndAsync()
    {
        if (await TryUnmountAsync() is not { } users)
            return;
        LogCutOff(logger, path, $"in use by {users}");
        await CutOffAsync();
    }

    /// <summary>
    /// This node may not write any more, or cannot: nothing that the file system still holds gets to the mirror. What users had written and not
    /// yet made durable is lost, as in a crash.
    /// </summary>
    public async Task CutOffAsync()
    {
        if (_mirror is not { } mirror)
            return;
        _fileSystem?.Withdraw();
        await Blocking(() =>
        {
            mirror.Abort();
            return true;
        });
        if (_fileSystem is { } fileSystem)
        {
            await releaseShares();
            await Blocking(() =>
            {
                fileSystem.Detach();
                return true;
            });
        }
        (_fileSystem, _mirror) = (null, null);
    }

    /// <exception cref="TimeoutException">Nothing moves any more.</exception>
    private async Task<T> WhileItGoesOnAsync<T>(Task<T> call)
    {
        while (true)
        {
            var answered = _mirror!.Answered;
            try
            {
                return await call.WaitAsync(ProgressTimeout, time);
            }
            catch (TimeoutException) when (_mirror.Answered != answered)
            {
                // Much to write, and it is being written.
            }
        }
    }

    /// <summary>The kernel lets go of a loop device a moment after the file system on it.</summary>
    private async Task CloseMirrorAsync()
    {
        var mirror = _mirror!;
        for (var attempt = 1; !mirror.TryUnmount(); attempt++)
        {
            if (attempt == AttemptsMaximum)
            {
                mirror.Abort();
                break;
            }
            await Task.Delay(AttemptPause, time);
        }
        _mirror = null;
    }

    private async Task ExpandAsync(ReplicatedFileSystem fileSystem)
    {
        try
        {
            await fileSystem.GrowAsync();
        }
        catch (Exception e) when (e is StorageException or Win32Exception or IOException)
        {
            LogNotExpanded(logger, path, e.Message);
        }
    }

    /// <summary>Calls that wait for the mirror do not take a thread of the pool, which the mirror's connection needs.</summary>
    private static Task<T> Blocking<T>(Func<T> call) =>
        Task.Factory.StartNew(call, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);

    [LoggerMessage(2431, LogLevel.Information, "The file system of replicated volume {Volume} is mounted at {MountPoint}")]
    private static partial void LogMounted(ILogger logger, string volume, string mountPoint);

    [LoggerMessage(2432, LogLevel.Information, "The file system of replicated volume {Volume} was unmounted")]
    private static partial void LogUnmounted(ILogger logger, string volume);

    [LoggerMessage(2433, LogLevel.Warning, "The file system of replicated volume {Volume} was cut off: {Reason}")]
    private static partial void LogCutOff(ILogger logger, string volume, string reason);

    [LoggerMessage(2434, LogLevel.Warning, "The file system of replicated volume {Volume} could not be expanded: {Reason}")]
    private static partial void LogNotExpanded(ILogger logger, string volume, string reason);
}
