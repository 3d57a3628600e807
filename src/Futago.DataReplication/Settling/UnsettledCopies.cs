using System.ComponentModel;
using Futago.DataReplication.Linux;
using Futago.Volumes.Linux;
using Futago.Volumes.Metadata;
using Futago.Volumes.Snapshots;
using Microsoft.Extensions.Logging;

namespace Futago.DataReplication.Settling;

/// <summary>
/// Makes copies durable at their end, all at once, instead of file by file. Until then a marker on the file system says that files may be
/// torn if the power fails; whoever finds one that nobody is at work on has the files compared. docs/adr/0025-copies-settle-at-their-end.md.
/// </summary>
public sealed partial class UnsettledCopies(TimeProvider time, ILogger<UnsettledCopies> logger)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Places that are written to, by the path of their marker.</summary>
    private readonly Dictionary<string, Place> _places = [];

    /// <summary>What is written goes to the medium in pieces of this size while the copy goes on.</summary>
    internal long StepBytes { get; init; } = WriteBehind.DefaultStepBytes;

    /// <summary>To be called before the first file is written; the copy is over, and as durable as it gets, when what this returns is disposed of.</summary>
    /// <param name="root">Of the file system.</param>
    /// <param name="folder">Below it, with <c>/</c> between names; empty for the root itself.</param>
    /// <exception cref="IOException">There is no room for the marker, or what an interrupted copy wrote cannot be marked for comparison.</exception>
    /// <exception cref="Win32Exception">The file system failed.</exception>
    public async Task<IAsyncDisposable> BeginAsync(string root, string folder)
    {
        var marker = MarkerOf(root, folder);
        Place place;
        lock (_places)
        {
            if (!_places.TryGetValue(marker, out place!))
                _places[marker] = place = new Place();
            place.Users++;
        }
        await place.Gate.WaitAsync();
        try
        {
            if (place.Opened is null)
            {
                (place.Opened, place.Failed, place.Ending) = (await OpenAsync(marker, root, folder), false, new CancellationTokenSource());
                _ = WriteBehindAsync(place, marker, root, place.Ending.Token);
            }
            return new Copy(this, place, marker);
        }
        catch
        {
            Leave(place, marker);
            throw;
        }
        finally
        {
            place.Gate.Release();
        }
    }

    /// <summary>Makes durable what the copies to this place have written so far.</summary>
    /// <exception cref="IOException">Not all of it could be.</exception>
    public async Task SettleAsync(string root, string folder)
    {
        var marker = MarkerOf(root, folder);
        Place? place;
        lock (_places)
            _places.TryGetValue(marker, out place);
        if (place is not null)
        {
            await place.Gate.WaitAsync();
            try
            {
                await SyncAsync(place, marker);
            }
            finally
            {
                place.Gate.Release();
            }
            // The source is through a moment before the copy here is over. Whoever still writes after that is another one, and not waited for.
            await Task.WhenAny(place.Over.Task, Task.Delay(EndTimeout, time));
        }
        if (place?.Failed ?? File.Exists(marker))
            throw new IOException("Not everything that was written to the destination could be made durable. Look at its disks and events; the next run compares what this one wrote.");
    }

    /// <summary>One for each directory, so that copies to others of the same volume do not wait for each other.</summary>
    internal static string MarkerOf(string root, string folder) =>
        Path.Combine(root, $"{NasSentinel.OwnPrefix}unsettled-{FolderWalk.KeyOf(folder)}");

    private async Task<FileDescriptor> OpenAsync(string marker, string root, string folder)
    {
        var state = SealedDocument.Read<UnsettledDocument>(marker, UnsettledDocument.CurrentVersion, ReplicationJson.Options, out var found);
        if (state != SealedDocumentState.Absent)
        {
            LogTorn(logger, root, folder);
            if (FolderWalk.Find(root, folder) is { } directory)
                await TornFiles.MarkAsync(directory, state == SealedDocumentState.Good ? found!.Since : null);
            // The files' new times before the marker's.
            using var old = FileDescriptor.Open(marker, LibC.O_RDONLY);
            old.SyncFileSystem();
        }
        SealedDocument.Write(marker, new UnsettledDocument(UnsettledDocument.CurrentVersion, folder, time.GetUtcNow()), ReplicationJson.Options, OwnerOnly);
        return FileDescriptor.Open(marker, LibC.O_RDONLY);
    }

    private async Task EndAsync(Place place, string marker)
    {
        await place.Gate.WaitAsync();
        try
        {
            // Others that write there still, or are about to, end it later.
            if (HasOthers(place))
                return;
            if (place.Ending is { } ending)
                await ending.CancelAsync();
            await SyncAsync(place, marker);
            place.Opened?.Dispose();
            place.Opened = null;
            // A marker that stays is what SettleAsync and the next copy look at.
            if (!place.Failed)
            {
                var root = Path.GetDirectoryName(marker)!;
                // rsync has given it the source's.
                ModificationTime.Keep(root, () => File.Delete(marker));
                DurableFile.SyncDirectory(root);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Win32Exception)
        {
            LogNotDurable(logger, marker, e.Message);
        }
        finally
        {
            Leave(place, marker);
            place.Gate.Release();
        }
    }

    private async Task WriteBehindAsync(Place place, string marker, string root, CancellationToken ending)
    {
        try
        {
            var behind = new WriteBehind(root, StepBytes);
            using var timer = new PeriodicTimer(LookInterval, time);
            while (await timer.WaitForNextTickAsync(ending))
            {
                if (!behind.IsDue())
                    continue;
                await place.Gate.WaitAsync(ending);
                try
                {
                    // What fails here fails the copy's end, which the kernel may not say it to again.
                    await SyncAsync(place, marker);
                    if (place.Failed)
                        return;
                }
                finally
                {
                    place.Gate.Release();
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or Win32Exception)
        {
            // The copy ends, and all of it is synced then; or there is no file system any more, which that finds too.
        }
    }

    /// <summary>To be called in the place's turn.</summary>
    private async Task SyncAsync(Place place, string marker)
    {
        if (place.Opened is not { } opened)
            return;
        try
        {
            await Task.Run(opened.SyncFileSystem);
        }
        catch (Win32Exception e)
        {
            // The kernel says it once.
            place.Failed = true;
            LogNotDurable(logger, marker, e.Message);
        }
    }

    private bool HasOthers(Place place)
    {
        lock (_places)
            return place.Users > 1;
    }

    private void Leave(Place place, string marker)
    {
        lock (_places)
        {
            if (--place.Users > 0)
                return;
            _places.Remove(marker);
            place.Over.SetResult();
        }
    }

    private sealed class Place
    {
        /// <summary>Begins, settles and ends one after the other.</summary>
        public SemaphoreSlim Gate { get; } = new(1);

        public TaskCompletionSource Over { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>The marker, opened before the first file was written; null before it is there.</summary>
        public FileDescriptor? Opened { get; set; }

        /// <summary>Something could not be written since.</summary>
        public bool Failed { get; set; }

        /// <summary>Cancelled when the last copy ends; null before the marker is there.</summary>
        public CancellationTokenSource? Ending { get; set; }

        public int Users { get; set; }
    }

    private sealed class Copy(UnsettledCopies copies, Place place, string marker) : IAsyncDisposable
    {
        private int _ended;

        public async ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
                await copies.EndAsync(place, marker);
        }
    }

    [LoggerMessage(4201, LogLevel.Warning, "A copy to {Root}/{Folder} did not come to its end; what it wrote is compared by the next run")]
    private static partial void LogTorn(ILogger logger, string root, string folder);

    [LoggerMessage(4202, LogLevel.Error, "What a copy wrote could not be made durable ({Marker}): {Reason}")]
    private static partial void LogNotDurable(ILogger logger, string marker, string reason);
}
