using Futago.Blocks;

namespace Futago.Replication;

/// <summary>Copying and comparing, chunk by chunk in ascending order, under range locks (I6).</summary>
internal sealed partial class ReplicaCore
{
    private enum ChunkKind : byte { Copy, Compare }

    private sealed class Chunk : RangeClaim
    {
        public Chunk(ChunkKind kind, long first, int blocks)
        {
            Kind = kind;
            FirstBlock = first;
            LastBlock = first + blocks - 1;
            Exclusive = kind == ChunkKind.Copy;
        }

        public ChunkKind Kind { get; }

        public int Blocks => (int)(LastBlock - FirstBlock + 1);

        public long Id { get; set; }

        public bool LocalPending { get; set; }

        /// <summary>The digests differed: the data is sent.</summary>
        public bool Differs { get; set; }

        /// <summary>The connection it belongs to is gone.</summary>
        public bool Dropped { get; set; }

        public object? Payload { get; set; }
    }

    private readonly Dictionary<long, Chunk> _chunks = [];
    private readonly HashSet<Chunk> _waitingChunks = [];
    private List<Chunk> _batch = [];
    private long _cursor;
    private long _budgetBytes;
    private bool _syncDoneSent;
    private bool _resyncStalled;

    /// <summary>Set bits when the resync began.</summary>
    public long ResyncTotalBlocks { get; private set; }

    public long ResyncedBlocks { get; private set; }

    private int ComparedBlocks => Math.Min(_options.BlocksPerChunk, ReplicaOptions.ComparedBlocksMaximum);

    private int ChunksUnderWay => _chunks.Count + _waitingChunks.Count;

    private void BeginResync()
    {
        _cursor = 0;
        _resyncStalled = _syncDoneSent = false;
        ResyncTotalBlocks = _dirty.Count;
        Note(NoticeKind.ResyncStarted, number: _dirty.Count);
        RunHeld();
    }

    private bool IsBatchReady() =>
        _batch.Count >= _options.ChunksPerFlush || (_batch.Count > 0 && ChunksUnderWay == 0 && (_dirty.NextSet(_cursor) < 0 || _budgetBytes <= 0));

    private void PumpResync()
    {
        if (Phase != LinkPhase.SyncSource || _syncDoneSent || _resyncStalled || IsFrozen)
            return;
        while (ChunksUnderWay < _options.ChunksInFlight && _budgetBytes > 0)
        {
            var first = _dirty.NextSet(_cursor);
            if (first < 0)
                break;
            var blocks = _dirty.RunLength(first, _options.ChecksumResync ? ComparedBlocks : _options.BlocksPerChunk);
            _cursor = first + blocks;
            _budgetBytes -= (long)blocks * DirtyMap.BlockBytes;
            BeginChunk(new Chunk(ChunkKind.Copy, first, blocks));
        }
        if (ChunksUnderWay > 0 || _batch.Count > 0 || _round is { Batch.Count: > 0 })
            return;
        if (_dirty.Count == 0)
        {
            _syncDoneSent = true;
            Send(new SyncDone());
        }
        else if (_dirty.NextSet(_cursor) < 0)
        {
            // Bits that were set behind the cursor.
            _cursor = 0;
        }
    }

    private void BeginChunk(Chunk chunk)
    {
        _waitingChunks.Add(chunk);
        if (_locks.Enter(chunk))
            StartChunk(chunk);
    }

    private void StartChunk(Chunk chunk)
    {
        if (chunk.Dropped)
            return;
        _waitingChunks.Remove(chunk);
        chunk.Id = NewId();
        _chunks.Add(chunk.Id, chunk);
        ReadChunk(chunk);
    }

    private void ReadChunk(Chunk chunk)
    {
        var digest = chunk.Kind == ChunkKind.Compare || (_options.ChecksumResync && !chunk.Differs);
        chunk.LocalPending = true;
        StartLocal(chunk, digest ? LocalIoKind.Digest : LocalIoKind.Read, chunk.FirstBlock * DirtyMap.BlockBytes, (long)chunk.Blocks * DirtyMap.BlockBytes, null, durable: false);
    }

    private void OnChunkLocalDone(Chunk chunk, LocalDone done)
    {
        chunk.LocalPending = false;
        chunk.Payload = done.Payload;
        if (chunk.Dropped)
        {
            ReleasePayload(chunk);
        }
        else if (done.Status != BlockStatus.Ok)
        {
            // What cannot be read cannot be copied or compared. The bits stay; the next connection tries again.
            EndChunk(chunk);
            if (chunk.Kind == ChunkKind.Compare)
                StopVerify(aborted: true);
            else
                _resyncStalled = true;
            Note(NoticeKind.LocalDiskFailed);
        }
        else if (done.Payload is { } payload)
        {
            Send(new Write(chunk.Id, BlockOperation.Write, chunk.FirstBlock * DirtyMap.BlockBytes, (long)chunk.Blocks * DirtyMap.BlockBytes, Durable: false, payload));
        }
        else
        {
            Send(new Compare(chunk.Id, chunk.FirstBlock, chunk.Blocks, done.Digests));
        }
    }

    private void OnChunkWritten(Chunk chunk)
    {
        if (chunk.LocalPending || chunk.Kind != ChunkKind.Copy)
            return;
        EndChunk(chunk);
        _batch.Add(chunk);
        if (!_rules.FlushBeforeClear)
            _dirty.Clear(chunk.FirstBlock, chunk.LastBlock);
    }

    private bool OnCompareReply(CompareReply reply)
    {
        if (!_chunks.TryGetValue(reply.Id, out var chunk) || chunk.LocalPending)
            return false;
        if (chunk.Kind == ChunkKind.Compare)
        {
            EndChunk(chunk);
            OnVerified(chunk, reply);
            return true;
        }
        if (reply.Status == BlockStatus.Ok && reply.Different == 0)
        {
            EndChunk(chunk);
            _batch.Add(chunk);
            return true;
        }
        chunk.Differs = true;
        ReadChunk(chunk);
        return true;
    }

    /// <summary>I4: both nodes have flushed since the copy was written.</summary>
    private void ClearSynced(Chunk chunk)
    {
        _dirty.Clear(chunk.FirstBlock, chunk.LastBlock);
        ResyncedBlocks += chunk.Blocks;
    }

    private void EndChunk(Chunk chunk)
    {
        _chunks.Remove(chunk.Id);
        _locks.Leave(chunk, _granted);
        ReleasePayload(chunk);
    }

    private void ReleasePayload(Chunk chunk)
    {
        if (chunk.Payload is { } payload)
            Emit(new Release(payload));
        chunk.Payload = null;
    }

    private void DropChunks()
    {
        foreach (var chunk in _chunks.Values.Concat(_waitingChunks).ToList())
        {
            chunk.Dropped = true;
            _locks.Leave(chunk, _granted);
            if (!chunk.LocalPending)
                ReleasePayload(chunk);
        }
        _chunks.Clear();
        _waitingChunks.Clear();
        _batch.Clear();
        StopVerify(aborted: true);
    }
}
