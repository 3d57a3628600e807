using System.Collections.Immutable;

namespace Futago.Replication;

/// <summary>Small named values that both nodes keep in step, by the rules of a durable write.</summary>
internal sealed partial class ReplicaCore
{
    public const int BlobBytesMaximum = 256 << 10;
    public const int BlobsMaximum = 64;

    private readonly Dictionary<string, (long Version, ImmutableArray<byte> Content)> _stored = new(StringComparer.Ordinal);
    private readonly List<PendingBlob> _blobs = [];
    private readonly Dictionary<long, (long Session, long PeerId)> _peerBlobs = [];

    private sealed class PendingBlob
    {
        public required long Id { get; init; }

        /// <summary>Null: only shared, nobody waits.</summary>
        public required Command? Command { get; init; }

        public required string Name { get; init; }

        public required long Version { get; init; }

        public required ImmutableArray<byte> Content { get; init; }

        public bool LocalPending { get; set; }

        public bool PeerPending { get; set; }

        public bool Orphaned { get; set; }
    }

    public IReadOnlyDictionary<string, (long Version, ImmutableArray<byte> Content)> Blobs => _stored;

    public void LoadBlob(string name, long version, ImmutableArray<byte> content) => _stored[name] = (version, content);

    private void OnPutBlob(PutBlob c)
    {
        if (!IsPrimary || _demoting is not null)
        {
            Answer(c, CommandResult.NotPrimary);
            return;
        }
        var version = (_stored.TryGetValue(c.Name, out var before) ? before.Version : 0) + 1;
        var blob = new PendingBlob { Id = NewId(), Command = c, Name = c.Name, Version = version, Content = c.Content, LocalPending = true, Orphaned = true };
        _stored[c.Name] = (version, c.Content);
        _blobs.Add(blob);
        Emit(new StoreBlob(blob.Id, blob.Name, blob.Version, blob.Content));
        ResumeBlobs();
    }

    private void OnBlobStored(BlobStored e)
    {
        if (_peerBlobs.Remove(e.Id, out var peer))
        {
            if (peer.Session == _session)
                Send(new BlobAck(peer.PeerId, e.Ok));
            return;
        }
        if (_blobs.Find(b => b.Id == e.Id) is not { } blob)
            return;
        blob.LocalPending = false;
        if (!e.Ok)
        {
            _blobs.Remove(blob);
            if (blob.Command is { } command)
                Answer(command, CommandResult.DiskFailed);
            return;
        }
        SettleBlob(blob);
    }

    private void ResumeBlobs()
    {
        foreach (var blob in _blobs.Where(b => b.Orphaned).ToList())
        {
            if (Phase is LinkPhase.Established or LinkPhase.SyncSource && !IsFrozen)
            {
                blob.Orphaned = false;
                blob.PeerPending = true;
                Send(new Blob(blob.Id, blob.Name, blob.Version, blob.Content));
            }
            else
            {
                SettleBlob(blob);
            }
        }
    }

    private void SettleBlob(PendingBlob blob)
    {
        if (blob.LocalPending || blob.PeerPending || (blob.Orphaned && Evaluate() != Mode.Solo))
            return;
        _blobs.Remove(blob);
        if (blob.Command is { } command)
            Answer(command, CommandResult.Done);
    }

    /// <summary>The side whose data counts tells the other of every value it has.</summary>
    private void ShareBlobs()
    {
        if (Phase != LinkPhase.SyncSource && !(IsPrimary && Phase == LinkPhase.Established))
            return;
        foreach (var (name, (version, content)) in _stored)
        {
            if (!_blobs.Exists(b => b.Name == name && b.Orphaned))
                Send(new Blob(NewId(), name, version, content));
        }
    }

    private bool OnPeerBlob(Blob blob)
    {
        if (IsPrimary || blob.Content.Length > BlobBytesMaximum || blob.Name.Length is 0 or > 64 || blob.Version <= 0
            || (!_stored.ContainsKey(blob.Name) && _stored.Count >= BlobsMaximum))
            return false;
        // The primary's value counts, also over one that this node once took from a primary that could not finish.
        _stored[blob.Name] = (blob.Version, blob.Content);
        var id = NewId();
        _peerBlobs.Add(id, (_session, blob.Id));
        Emit(new StoreBlob(id, blob.Name, blob.Version, blob.Content));
        return true;
    }

    private bool OnBlobAck(BlobAck ack)
    {
        if (_blobs.Find(b => b.Id == ack.Id && b.PeerPending) is not { } blob)
            return true;
        if (!ack.Stored)
            return false;
        blob.PeerPending = false;
        SettleBlob(blob);
        return true;
    }

    private void LoseBlobsPeer()
    {
        foreach (var blob in _blobs)
        {
            blob.Orphaned = true;
            blob.PeerPending = false;
        }
    }

    private void AbortBlobs()
    {
        foreach (var blob in _blobs.ToList())
        {
            _blobs.Remove(blob);
            if (blob.Command is { } command)
                Answer(command, CommandResult.NotPrimary);
        }
    }
}
