using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Futago.Blocks;
using Futago.Engine.Contracts.Events;
using Futago.Volumes.Linux;

namespace Futago.Engine.Events;

/// <summary>
/// The durable, numbered list of what happened. Whoever reports an event never waits for the disk: one writer takes what has
/// gathered, writes it, syncs once, and only then shows it to readers, so that no number is ever seen twice with different
/// content. A line that a crash tore is dropped at the next start. Old files go when there are too many.
/// </summary>
internal sealed class EventJournal : IAsyncDisposable
{
    private const string FilePrefix = "events-";
    private const string FileSuffix = ".log";
    private const int PendingMaximum = 10_000;
    private const int RecentMaximum = 1000;

    private readonly string _directory;
    private readonly TimeProvider _time;
    private readonly long _fileBytesMaximum;
    private readonly int _filesMaximum;
    private readonly Channel<Pending> _pending = Channel.CreateBounded<Pending>(
        new BoundedChannelOptions(PendingMaximum) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly Lock _lock = new();
    private readonly LinkedList<EngineEvent> _recent = new();
    private readonly Task _writer;
    private FileStream _file;
    private long _lastNumber;
    private int _dropped;

    public EventJournal(string directory, TimeProvider time, long fileBytesMaximum = 4 << 20, int filesMaximum = 5)
    {
        _directory = directory;
        _time = time;
        _fileBytesMaximum = fileBytesMaximum;
        _filesMaximum = filesMaximum;
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _file = Recover();
        _writer = Task.Factory.StartNew(WriteAsync, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
    }

    /// <summary>Raised after new events have become durable.</summary>
    public event Action? Appended;

    public long LastNumber => Interlocked.Read(ref _lastNumber);

    /// <summary>Takes an event; never blocks. When thousands wait already it is counted instead, and the count is reported.</summary>
    public void Append(EventSeverity severity, string code, string? obj, string text, IReadOnlyDictionary<string, string>? args = null)
    {
        if (!_pending.Writer.TryWrite(new Pending(_time.GetUtcNow(), severity, code, obj, text, args)))
            Interlocked.Increment(ref _dropped);
    }

    public void Append(EventSeverity severity, string code, string? obj, string text, params (string Name, string Value)[] args) =>
        Append(severity, code, obj, text, args.ToDictionary(a => a.Name, a => a.Value));

    /// <summary>Takes an event and waits until it is durable, as far as the medium takes anything: for what must be known before something is done that cannot be taken back.</summary>
    public void AppendDurably(EventSeverity severity, string code, string? obj, string text, params (string Name, string Value)[] args)
    {
        var stored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_pending.Writer.TryWrite(new Pending(_time.GetUtcNow(), severity, code, obj, text, args.ToDictionary(a => a.Name, a => a.Value), stored)))
            stored.Task.Wait();
        else
            Interlocked.Increment(ref _dropped);
    }

    /// <summary>Events with numbers above <paramref name="after"/>, oldest first.</summary>
    public IReadOnlyList<EngineEvent> Read(long after, int countMaximum)
    {
        lock (_lock)
        {
            if (_recent.First is { } first && after >= first.Value.Number - 1)
                return [.. _recent.Where(e => e.Number > after).Take(countMaximum)];
        }
        // Written lines do not change, and the writer appends whole lines; a line in the making fails its checksum and ends the list.
        var last = LastNumber;
        var files = ListFiles();
        var start = files.FindLastIndex(f => f.FirstNumber <= after + 1);
        return
        [
            .. files.Skip(Math.Max(start, 0))
                .SelectMany(f => ReadFile(f.Path))
                .Where(e => e.Number > after && e.Number <= last)
                .Take(countMaximum),
        ];
    }

    /// <summary>Writes what is pending and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        _pending.Writer.TryComplete();
        await _writer;
        await _file.DisposeAsync();
    }

    private async Task WriteAsync()
    {
        var batch = new List<EngineEvent>();
        var waiting = new List<TaskCompletionSource>();
        var text = new StringBuilder();
        while (await _pending.Reader.WaitToReadAsync())
        {
            while (batch.Count < 256 && _pending.Reader.TryRead(out var pending))
            {
                Add(batch, text, pending);
                if (pending.Stored is { } stored)
                    waiting.Add(stored);
            }
            if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
                Add(batch, text, new Pending(
                    _time.GetUtcNow(), EventSeverity.Warning, EventCodes.EngineEventsDropped, null,
                    string.Create(CultureInfo.InvariantCulture, $"Events that were not recorded because too many came at once: {dropped}."),
                    new Dictionary<string, string> { ["count"] = dropped.ToString(CultureInfo.InvariantCulture) }));
            Store(text.ToString(), batch);
            waiting.ForEach(w => w.SetResult());
            waiting.Clear();
            batch.Clear();
            text.Clear();
        }
    }

    private void Add(List<EngineEvent> batch, StringBuilder text, Pending pending)
    {
        var entry = new EngineEvent(
            _lastNumber + batch.Count + 1, pending.Time, pending.Severity, pending.Code, pending.Object, pending.Text,
            pending.Args is { Count: > 0 } ? pending.Args : null);
        batch.Add(entry);
        text.Append(JournalLine.Format(entry));
    }

    private void Store(string text, List<EngineEvent> batch)
    {
        try
        {
            if (_file.Length >= _fileBytesMaximum)
                Rotate(batch[0].Number);
            _file.Write(Encoding.UTF8.GetBytes(text));
            FileSync.Sync(_file);
        }
        catch (IOException)
        {
            // A full disk must not end the engine. The events stay readable while it runs, and what follows may be stored again.
        }
        lock (_lock)
        {
            foreach (var entry in batch)
                _recent.AddLast(entry);
            while (_recent.Count > RecentMaximum)
                _recent.RemoveFirst();
            Interlocked.Exchange(ref _lastNumber, batch[^1].Number);
        }
        Appended?.Invoke();
    }

    private void Rotate(long firstNumber)
    {
        _file.Dispose();
        _file = Open(PathOf(firstNumber));
        DurableFile.SyncDirectory(_directory);
        var files = ListFiles();
        foreach (var old in files.Take(files.Count - _filesMaximum))
            File.Delete(old.Path);
    }

    /// <summary>Finds the last good event and cuts off what a crash tore behind it.</summary>
    private FileStream Recover()
    {
        var files = ListFiles();
        if (files.Count == 0)
            return Open(PathOf(1));
        var (path, firstNumber) = files[^1];
        var goodBytes = 0L;
        _lastNumber = firstNumber - 1;
        var content = File.ReadAllBytes(path);
        for (int start = 0, end; (end = Array.IndexOf(content, (byte)'\n', start)) >= 0; start = end + 1)
        {
            // A bad line in the middle is skipped and not cut: the numbers behind it have been given out.
            if (JournalLine.Parse(Encoding.UTF8.GetString(content, start, end - start)) is not { } entry)
                continue;
            goodBytes = end + 1;
            _lastNumber = entry.Number;
            _recent.AddLast(entry);
            if (_recent.Count > RecentMaximum)
                _recent.RemoveFirst();
        }
        var file = Open(path);
        if (file.Length != goodBytes)
        {
            file.SetLength(goodBytes);
            FileSync.Sync(file);
        }
        file.Seek(0, SeekOrigin.End);
        return file;
    }

    private static IEnumerable<EngineEvent> ReadFile(string path)
    {
        IEnumerable<string> lines;
        try
        {
            using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            lines = reader.ReadToEnd().Split('\n');
        }
        catch (FileNotFoundException)
        {
            yield break; // rotated away meanwhile
        }
        foreach (var line in lines)
        {
            if (JournalLine.Parse(line) is { } entry)
                yield return entry;
        }
    }

    private List<(string Path, long FirstNumber)> ListFiles() =>
    [
        .. Directory.GetFiles(_directory, FilePrefix + "*" + FileSuffix)
            .Select(p => (Path: p, Parsed: long.TryParse(Path.GetFileName(p)[FilePrefix.Length..^FileSuffix.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var n), Number: n))
            .Where(f => f.Parsed)
            .OrderBy(f => f.Number)
            .Select(f => (f.Path, f.Number)),
    ];

    private string PathOf(long firstNumber) =>
        Path.Combine(_directory, string.Create(CultureInfo.InvariantCulture, $"{FilePrefix}{firstNumber:d20}{FileSuffix}"));

    private static FileStream Open(string path) => new(path, new FileStreamOptions
    {
        Mode = FileMode.OpenOrCreate,
        Access = FileAccess.ReadWrite,
        Share = FileShare.ReadWrite | FileShare.Delete,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    });

    private sealed record Pending(
        DateTimeOffset Time, EventSeverity Severity, string Code, string? Object, string Text, IReadOnlyDictionary<string, string>? Args, TaskCompletionSource? Stored = null);
}
