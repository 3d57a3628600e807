using System.Collections.Concurrent;

namespace Futago.Replication.Tests.StateCheck;

/// <summary>What frames speak of: ids that their sender gave, ids of the receiver that they answer, generations and terms.</summary>
internal struct FrameNames
{
    public ulong Own, Peers;
    public Names Names;
}

/// <summary>Frames, and rows of frames on their way, as numbers. For several threads, as <see cref="NodeTable"/> is.</summary>
internal sealed class FrameTable(GraphShapes shapes)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<byte[], int> _frameIds = new(BytesComparer.Instance);
    private readonly Frame[] _frames = new Frame[char.MaxValue];
    private readonly FrameNames[] _frameNames = new FrameNames[char.MaxValue];
    private readonly Dictionary<string, int> _queueIds = new() { [""] = 0 };
    private readonly int[][] _queues = new int[1 << World.RowBits][];
    private readonly FrameNames[] _queueNames = new FrameNames[1 << World.RowBits];
    private readonly ConcurrentDictionary<(int, int), int> _appended = [];
    private readonly ConcurrentDictionary<int, int> _tails = [];
    private readonly ConcurrentDictionary<(int, ulong, ulong, Naming), int> _renamed = [];

    public int Count => _queueIds.Count;

    public Frame this[int frame] => _frames[frame];

    public int FirstOf(int queue) => Row(queue)[0];

    public ref readonly FrameNames NamesOf(int queue) => ref _queueNames[queue];

    /// <summary>Frames arrive whole and in order, so that their numbers need not be told apart.</summary>
    public int Add(Frame frame) => Add(frame, Naming.Unchanged);

    private int Add(Frame frame, in Naming naming)
    {
        var codec = shapes.Codec;
        var bytes = codec.Encode(frame with { Number = 1 }, 1, naming, out var names);
        lock (_gate)
        {
            if (_frameIds.TryGetValue(bytes, out var id))
                return id;
            id = _frameIds.Count;
            if (id == _frames.Length)
                throw new InvalidOperationException("More frames than there is room for");
            _frameIds.Add(bytes, id);
            _frames[id] = (Frame)codec.Decode(bytes);
            (ulong own, ulong peers) = frame.Message switch
            {
                Write w => (1UL << (int)w.Id, 0UL),
                Flush f => (1UL << (int)f.Id, 0UL),
                Compare c => (1UL << (int)c.Id, 0UL),
                WriteAck a => (0UL, 1UL << (int)a.Id),
                FlushAck a => (0UL, 1UL << (int)a.Id),
                CompareReply a => (0UL, 1UL << (int)a.Id),
                Read or ReadReply or Blob or BlobAck => throw new NotSupportedException("not in the check"),
                _ => (0UL, 0UL),
            };
            _frameNames[id] = new FrameNames { Own = own, Peers = peers, Names = names };
            return id;
        }
    }

    public int Append(int queue, int frame)
    {
        if (_appended.TryGetValue((queue, frame), out var id))
            return id;
        lock (_gate)
            return _appended.GetOrAdd((queue, frame), _ => Intern([.. Row(queue), frame]));
    }

    public int Tail(int queue)
    {
        if (_tails.TryGetValue(queue, out var id))
            return id;
        lock (_gate)
            return _tails.GetOrAdd(queue, q => Intern(Row(q)[1..]));
    }

    public int Rename(int queue, ulong senders, ulong receivers, Naming naming)
    {
        if (_renamed.TryGetValue((queue, senders, receivers, naming), out var id))
            return id;
        lock (_gate)
            return _renamed.GetOrAdd((queue, senders, receivers, naming), _ => Intern([.. Row(queue).Select(f => Add(Renamed(_frames[f], senders, receivers), naming))]));
    }

    public string Describe(int queue) => string.Join(' ', Row(queue).Select(f => _frames[f].Message.GetType().Name));

    /// <summary>The first one is empty.</summary>
    private int[] Row(int queue) => queue == 0 ? [] : _queues[queue];

    private static Frame Renamed(Frame frame, ulong senders, ulong receivers) => frame with
    {
        Message = frame.Message switch
        {
            Write w => w with { Id = Ranks.Of(w.Id, senders) },
            Flush m => m with { Id = Ranks.Of(m.Id, senders) },
            Compare c => c with { Id = Ranks.Of(c.Id, senders) },
            WriteAck a => a with { Id = Ranks.Of(a.Id, receivers) },
            FlushAck a => a with { Id = Ranks.Of(a.Id, receivers) },
            CompareReply a => a with { Id = Ranks.Of(a.Id, receivers) },
            var other => other,
        },
    };

    private int Intern(int[] frames)
    {
        var key = string.Concat(frames.Select(f => (char)f));
        if (_queueIds.TryGetValue(key, out var id))
            return id;
        id = _queueIds.Count;
        if (id == _queues.Length)
            throw new InvalidOperationException("More rows of frames than the packed state has room for");
        _queueIds.Add(key, id);
        _queues[id] = frames;
        foreach (var frame in frames)
        {
            _queueNames[id].Own |= _frameNames[frame].Own;
            _queueNames[id].Peers |= _frameNames[frame].Peers;
            _queueNames[id].Names.Add(_frameNames[frame].Names);
        }
        return id;
    }
}

internal sealed class BytesComparer : IEqualityComparer<byte[]>
{
    public static BytesComparer Instance { get; } = new();

    public bool Equals(byte[]? a, byte[]? b) => a.AsSpan().SequenceEqual(b);

    public int GetHashCode(byte[] bytes)
    {
        var hash = new HashCode();
        hash.AddBytes(bytes);
        return hash.ToHashCode();
    }
}
