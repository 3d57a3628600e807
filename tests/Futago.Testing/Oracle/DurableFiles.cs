using System.ComponentModel;
using Futago.Testing.Processes;

namespace Futago.Testing.Oracle;

/// <summary>Writes one file after the other until the file system is gone, and knows which of them are on the medium.</summary>
public sealed class DurableFiles
{
    private readonly TaskCompletionSource _enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _writing;
    private int _durable;

    private DurableFiles(string directory, int enough) =>
        _writing = Task.Factory.StartNew(() => Run(directory, enough), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Begins, and returns when more than <paramref name="enough"/> files are durable or none can be written any more.</summary>
    public static async Task<DurableFiles> StartAsync(string directory, int enough, TimeSpan patience)
    {
        var files = new DurableFiles(directory, enough);
        await Task.WhenAny(files._enough.Task, files._writing).WaitAsync(patience);
        return files;
    }

    /// <summary>Waits until the file system has gone.</summary>
    /// <returns>How many files are durable.</returns>
    public async Task<int> WhenGoneAsync(TimeSpan patience)
    {
        await _writing.WaitAsync(patience);
        return Volatile.Read(ref _durable);
    }

    /// <returns>Name of the first file that is not as it was written; null when all are.</returns>
    public static string? FindDifferent(string directory, int count) =>
        Enumerable.Range(0, count).Where(i => !Content(i).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(directory, NameOf(i))))).Select(NameOf).FirstOrDefault();

    public static byte[] Content(int seed, int length)
    {
        var content = new byte[length];
        new Random(seed).NextBytes(content);
        return content;
    }

    /// <summary>A file of which its maker knows that it is on the medium: its content, and its name.</summary>
    /// <exception cref="IOException">It could not be made durable.</exception>
    public static void Write(string path, byte[] content)
    {
        File.WriteAllBytes(path, content);
        foreach (var synced in new[] { path, Path.GetDirectoryName(path)! })
            Sync(synced);
    }

    /// <exception cref="IOException">It could not be made durable.</exception>
    public static void Sync(string path)
    {
        if (Command.RunAsync("sync", [path]).GetAwaiter().GetResult().ExitCode != 0)
            throw new IOException($"{path} cannot be made durable");
    }

    private static string NameOf(int number) => FormattableString.Invariant($"file{number}");

    private static byte[] Content(int number) => Content(number, 20_000 + number * 77);

    private void Run(string directory, int enough)
    {
        try
        {
            for (var i = 0; ; i++)
            {
                Write(Path.Combine(directory, NameOf(i)), Content(i));
                Volatile.Write(ref _durable, i + 1);
                if (i == enough)
                    _enough.TrySetResult();
            }
        }
        catch (Exception e) when (e is IOException or Win32Exception or UnauthorizedAccessException)
        {
            // The file system is gone.
        }
    }
}
