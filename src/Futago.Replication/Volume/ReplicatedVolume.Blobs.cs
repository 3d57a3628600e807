using System.Buffers.Binary;
using System.Collections.Immutable;
using Futago.Blocks;

namespace Futago.Replication;

/// <summary>Values of <see cref="PutValueAsync"/>, each in a file beside the metadata.</summary>
public sealed partial class ReplicatedVolume
{
    private const string BlobInfix = ".value-";
    private const int BlobHeaderBytes = 20;
    private const uint BlobVersion = 1;

    private void LoadBlobs()
    {
        var prefix = Path.GetFileName(_options.MetadataPath) + BlobInfix;
        foreach (var path in Directory.GetFiles(Path.GetDirectoryName(Path.GetFullPath(_options.MetadataPath))!, prefix + "*"))
        {
            var bytes = File.ReadAllBytes(path);
            // A damaged value is none: the peer, or whoever put it, has it again.
            if (bytes.Length < BlobHeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != BlobVersion
                || BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(4)) != Crc32C.Compute(bytes.AsSpan(8)))
                continue;
            _core.LoadBlob(Path.GetFileName(path)[prefix.Length..], BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(8)), ImmutableArray.Create(bytes, BlobHeaderBytes, bytes.Length - BlobHeaderBytes));
        }
    }

    private void StoreBlob(StoreBlob blob)
    {
        var bytes = new byte[BlobHeaderBytes + blob.Content.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, BlobVersion);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), blob.Version);
        blob.Content.CopyTo(bytes, BlobHeaderBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), Crc32C.Compute(bytes.AsSpan(8)));
        _metadataThread.EnqueueFile(blob.Id, _options.MetadataPath + BlobInfix + blob.Name, bytes, (id, ok) => Post(new BlobStored(id, ok)));
    }
}
