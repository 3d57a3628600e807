using System.Numerics;
using System.Runtime.InteropServices;

namespace Futago.Replication.Tests.StateCheck;

/// <summary>Frames, and rows of frames on their way, as numbers.</summary>
internal sealed class FrameTable(GraphCodec codec)
{
    private readonly Dictionary<byte[], int> _frameIds = new(BytesComparer.Instance);
    private readonly List<Frame> _frames = [];
    private readonly List<(ulong Own, ulong Peers)> _frameNames = [];
    private readonly Dictionary<string, int> _queueIds = new() { [""] = 0 };
    private readonly List<int[]> _queues = [[]];
    private readonly List<(ulong Own, ulong Peers)> _queueNames = [(0, 0)];
    private readonly Dictionary<(int, int), int> _appended = [];
    private readonly Dictionary<int, int> _tails = [];
    private readonly Dictionary<(int, ulong, ulong), int> _renamed = [];

    public int Count => _queues.Count;

    public Frame this[int frame] => _frames[frame];

    public int FirstOf(int queue) => _queues[queue][0];

    /// <summary>Ids in it: those that its sender gave, and those of the receiver that it answers.</summary>
    public (ulong Own, ulong Peers) NamesOf(int queue) => _queueNames[queue];

    public static long Rank(long id, ulong ids) => BitOperations.PopCount(ids & ((1UL << (int)id) - 1)) + 1;

    /// <summary>Frames arrive whole and in order, so that their numbers need not be told apart.</summary>
    public int Add(Frame frame)
    {
        frame = frame with { Number = 1 };
        var bytes = codec.Encode(frame, 1);
        if (_frameIds.TryGetValue(bytes, out var id))
            return id;
        _frameIds.Add(bytes, id = _frames.Count);
        _frames.Add(frame);
        _frameNames.Add(frame.Message switch
        {
            Write w => (1UL << (int)w.Id, 0),
            Flush f => (1UL << (int)f.Id, 0),
            Compare c => (1UL << (int)c.Id, 0),
            WriteAck a => (0, 1UL << (int)a.Id),
            FlushAck a => (0, 1UL << (int)a.Id),
            CompareReply a => (0, 1UL << (int)a.Id),
            Read or ReadReply or Blob or BlobAck => throw new NotSupportedException("not in the check"),
            _ => (0UL, 0UL),
        });
        return id;
    }

    public int Append(int queue, int frame)
    {
        ref var id = ref CollectionsMarshal.GetValueRefOrAddDefault(_appended, (queue, frame), out var known);
        if (!known)
            id = Intern([.. _queues[queue], frame]);
        return id;
    }

    public int Tail(int queue)
    {
        ref var id = ref CollectionsMarshal.GetValueRefOrAddDefault(_tails, queue, out var known);
        if (!known)
            id = Intern(_queues[queue][1..]);
        return id;
    }

    public int Rename(int queue, ulong senders, ulong receivers)
    {
        ref var id = ref CollectionsMarshal.GetValueRefOrAddDefault(_renamed, (queue, senders, receivers), out var known);
        if (!known)
        {
            id = Intern([.. _queues[queue].Select(f => Add(_frames[f] with
            {
                Message = _frames[f].Message switch
                {
                    Write w => w with { Id = Rank(w.Id, senders) },
                    Flush m => m with { Id = Rank(m.Id, senders) },
                    Compare c => c with { Id = Rank(c.Id, senders) },
                    WriteAck a => a with { Id = Rank(a.Id, receivers) },
                    FlushAck a => a with { Id = Rank(a.Id, receivers) },
                    CompareReply a => a with { Id = Rank(a.Id, receivers) },
                    var other => other,
                },
            }))]);
        }
        return id;
    }

    public string Describe(int queue) => string.Join(' ', _queues[queue].Select(f => _frames[f].Message.GetType().Name));

    private int Intern(int[] frames)
    {
        var key = string.Concat(frames.Select(f => (char)f));
        if (_queueIds.TryGetValue(key, out var id))
            return id;
        _queueIds.Add(key, id = _queues.Count);
        _queues.Add(frames);
        ulong own = 0, peers = 0;
        foreach (var frame in frames)
        {
            own |= _frameNames[frame].Own;
            peers |= _frameNames[frame].Peers;
        }
        _queueNames.Add((own, peers));
        if (_frames.Count > char.MaxValue || _queues.Count > char.MaxValue)
            throw new InvalidOperationException("More rows of frames than the packed state has room for");
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
