using Futago.Blocks;

namespace Futago.Replication;

/// <summary>Comparing both sides on demand. It repairs nothing; healing is a decision of its own.</summary>
internal sealed partial class ReplicaCore
{
    private DirtyMap? _different;
    private long _verifyCursor;

    public bool IsVerifying { get; private set; }

    public bool VerifyAborted { get; private set; }

    public long VerifiedBlocks { get; private set; }

    /// <summary>Blocks that the last verify found different; null before the first.</summary>
    public DirtyMap? Different => _different;

    private CommandResult BeginVerify()
    {
        if (Phase != LinkPhase.Established || !IsPrimary && _peerIsPrimary || _usePeer || _storeForPeer)
            return CommandResult.NotConnected;
        if (IsVerifying)
            return CommandResult.Busy;
        _different = new DirtyMap(_dirty.Blocks);
        _verifyCursor = VerifiedBlocks = 0;
        VerifyAborted = false;
        IsVerifying = true;
        return CommandResult.Done;
    }

    private void StopVerify(bool aborted)
    {
        if (!IsVerifying)
            return;
        IsVerifying = false;
        VerifyAborted = aborted;
        Note(NoticeKind.VerifyFinished, number: _different!.Count);
    }

    private void PumpVerify()
    {
        if (!IsVerifying || Phase != LinkPhase.Established || IsFrozen)
            return;
        while (ChunksUnderWay < _options.ChunksInFlight && _budgetBytes > 0 && _verifyCursor < _dirty.Blocks)
        {
            var blocks = (int)Math.Min(ComparedBlocks, _dirty.Blocks - _verifyCursor);
            var chunk = new Chunk(ChunkKind.Compare, _verifyCursor, blocks);
            _verifyCursor += blocks;
            _budgetBytes -= (long)blocks * DirtyMap.BlockBytes;
            BeginChunk(chunk);
        }
        if (_verifyCursor >= _dirty.Blocks && ChunksUnderWay == 0)
            StopVerify(aborted: false);
    }

    private void OnVerified(Chunk chunk, CompareReply reply)
    {
        if (!IsVerifying)
            return;
        if (reply.Status != BlockStatus.Ok)
        {
            StopVerify(aborted: true);
            return;
        }
        VerifiedBlocks += chunk.Blocks;
        for (var i = 0; i < chunk.Blocks; i++)
        {
            if ((reply.Different >> i & 1) != 0)
                _different!.Set(chunk.FirstBlock + i, chunk.FirstBlock + i);
        }
    }

    /// <summary>The primary's data is taken; the handshake then resyncs the bits.</summary>
    private CommandResult BeginHeal()
    {
        if (!IsPrimary)
            return CommandResult.NotPrimary;
        if (Phase != LinkPhase.Established || _usePeer)
            return CommandResult.NotConnected;
        if (IsVerifying)
            return CommandResult.Busy;
        if (_different is not { Count: > 0 } different)
            return CommandResult.NothingToDo;
        for (var page = 0; page < different.PageCount; page++)
            _dirty.Merge(page, different.ReadPage(page));
        different.ClearAll();
        Renegotiate();
        return CommandResult.Done;
    }
}
