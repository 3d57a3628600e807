using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Futago.Replication;

/// <summary>Writes metadata aside, one thing after the other: a commit waits for the medium several times.</summary>
internal sealed partial class MetadataThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = new(new ConcurrentQueue<Action>());
    private readonly Thread _thread;
    private readonly string _name;
    private readonly MetadataFile _file;
    private readonly Action<long, bool> _done;
    private readonly ILogger _logger;

    public MetadataThread(string name, MetadataFile file, Action<long, bool> done, ILogger logger)
    {
        (_name, _file, _done, _logger) = (name, file, done, logger);
        _thread = new Thread(() =>
        {
            foreach (var work in _work.GetConsumingEnumerable())
                work();
        })
        { IsBackground = true, Name = $"lineage {name}" };
        _thread.Start();
    }

    public void Enqueue(CommitMetadata commit) => Add(() => _done(commit.Id, Try(() => _file.Commit(commit))));

    /// <summary>Replaces a whole small file, durably.</summary>
    public void EnqueueFile(long id, string path, byte[] content, Action<long, bool> done) => Add(() => done(id, Try(() => MetadataFile.Replace(path, content))));

    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private void Add(Action work)
    {
        if (!_work.IsAddingCompleted)
            _work.Add(work);
    }

    private bool Try(Action write)
    {
        try
        {
            write();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            LogFailed(_logger, _name, e);
            return false;
        }
    }

    [LoggerMessage(5003, LogLevel.Error, "The replication metadata of {Name} cannot be written")]
    private static partial void LogFailed(ILogger logger, string name, Exception exception);
}
