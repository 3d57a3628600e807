using System.Text;
using Futago.Volumes.Groups;
using Futago.Volumes.LogicalVolumes;
using Futago.Volumes.Metadata;
using Futago.Volumes.Snapshots;
using Futago.Volumes.Units;

namespace Futago.Volumes.Tests;

/// <summary>
/// What lies on disks somewhere must stay readable. When one of these fails, the format has changed: bump its version, keep
/// reading the old one, and add the new bytes here beside the old ones (docs/on-disk/volume-group.md).
/// </summary>
public sealed class MetadataFormatTests : IDisposable
{
    private const string GroupV1 =
        """{"formatVersion":1,"id":"c57529f1-a1d1-49e8-841a-a07160af22e2","name":"vg00","createdAt":"2026-11-21T08:05:30.25+00:00","checksum":"sha256:0aecee4995b468f6ae4181674fee743bf27cfb26a91eaae02ec8f1f81cfb8783"}""";

    private const string VolumeV1 =
        """{"formatVersion":1,"id":"963c6580-80da-413c-a40f-1784ab21f36d","name":"lv0000","type":"iscsi","sizeBytes":104857600,"thin":false,"ioType":"file","createdAt":"2026-11-21T08:05:30.25+00:00","initialiseTo":104857600,"initialisationLimitBytesPerSecond":1048576,"checksum":"sha256:b3565f7b95af1f31d0c7e937f495fd19120a2c1423fa6aae32a74c6ca97d5c7d"}""";

    private const string DestinationVolumeV1 =
        """{"formatVersion":1,"id":"963c6580-80da-413c-a40f-1784ab21f36d","name":"lv0000","type":"iscsi","sizeBytes":104857600,"thin":true,"ioType":"block","createdAt":"2026-11-21T08:05:30.25+00:00","initialiseTo":0,"replicationMode":"destination","checksum":"sha256:215bc73fd6b8c43416204e4cf5efcb99949ee2f34c20a48d4e45832f9f2d43d5"}""";

    private const string NasVolumeV1 =
        """{"formatVersion":1,"id":"963c6580-80da-413c-a40f-1784ab21f36d","name":"nas0","type":"nas","sizeBytes":1073741824,"thin":true,"ioType":"block","createdAt":"2026-11-21T08:05:30.25+00:00","initialiseTo":0,"snapshotReservePercent":25,"clonedFrom":"c57529f1-a1d1-49e8-841a-a07160af22e2","checksum":"sha256:800aafcf8f9c5b24fd848bc5ff89715709fc2877f723cee54e5963f07f8e3ea1"}""";

    private const string SnapshotV1 =
        """{"formatVersion":1,"id":"5c1b1a0e-7e0b-4f0c-9d3f-0a4b7f2f9d11","volumeId":"963c6580-80da-413c-a40f-1784ab21f36d","name":"before-update","origin":"schedule","temporary":false,"protected":true,"sizeBytes":104857600,"ioType":"file","createdAt":"2026-11-21T08:05:30.25+00:00","pauseMicroseconds":1234,"owner":"nightly","checksum":"sha256:c48d762c37c7b058b139b6f16d47bf4f33445d3043cde9e3342fa83b18979d8b"}""";

    private const string UnitsV1 =
        """{"formatVersion":1,"units":[{"path":"/srv/unit0.img","kind":"image","groupId":"c57529f1-a1d1-49e8-841a-a07160af22e2","groupName":"vg00"},{"path":"/dev/sdb","kind":"blockDevice"}],"checksum":"sha256:41fe9d254169ec5c0a667d30a43cab008dd4b5dc607c7b17e206d1eab8debd1a"}""";

    private static readonly Guid GroupId = Guid.Parse("c57529f1-a1d1-49e8-841a-a07160af22e2");
    private static readonly DateTimeOffset Created = new(2026, 11, 21, 8, 5, 30, 250, TimeSpan.Zero);

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"futago-format-{Guid.NewGuid():n}");

    [Fact]
    public void Group_Version1_IsReadAndWrittenByteForByte() => Check(
        GroupV1,
        new GroupDocument(1, GroupId, "vg00", Created));

    [Fact]
    public void Volume_Version1_IsReadAndWrittenByteForByte() => Check(
        VolumeV1,
        new VolumeDocument(
            1, Guid.Parse("963c6580-80da-413c-a40f-1784ab21f36d"), "lv0000", "iscsi", 104857600, false, IoType.File, Created, 104857600, 1048576));

    /// <summary>Written before there were modes: it has none.</summary>
    [Fact]
    public void Volume_FileFromBeforeThereWereReplicationModes_HasNone()
    {
        File.WriteAllText(_file, VolumeV1 + "\n");

        Assert.Equal(SealedDocumentState.Good, SealedDocument.Read<VolumeDocument>(_file, 1, VolumesJson.Options, out var document));
        Assert.Null(document!.ReplicationMode);
    }

    [Fact]
    public void VolumeWithAReplicationMode_Version1_IsReadAndWrittenByteForByte() => Check(
        DestinationVolumeV1,
        new VolumeDocument(
            1, Guid.Parse("963c6580-80da-413c-a40f-1784ab21f36d"), "lv0000", "iscsi", 104857600, true, IoType.Block, Created,
            ReplicationMode: ReplicationMode.Destination));

    [Fact]
    public void NasVolume_Version1_IsReadAndWrittenByteForByte() => Check(
        NasVolumeV1,
        new VolumeDocument(
            1, Guid.Parse("963c6580-80da-413c-a40f-1784ab21f36d"), "nas0", "nas", 1073741824, true, IoType.Block, Created,
            SnapshotReservePercent: 25, ClonedFrom: GroupId));

    [Fact]
    public void Snapshot_Version1_IsReadAndWrittenByteForByte() => Check(
        SnapshotV1,
        new SnapshotDocument(
            1, Guid.Parse("5c1b1a0e-7e0b-4f0c-9d3f-0a4b7f2f9d11"), Guid.Parse("963c6580-80da-413c-a40f-1784ab21f36d"), "before-update",
            SnapshotOrigin.Schedule, Temporary: false, Protected: true, 104857600, IoType.File, Created, 1234, "nightly"));

    [Fact]
    public void KnownUnits_Version1_AreReadAndWrittenByteForByte()
    {
        var bytes = UnitsV1 + "\n";
        File.WriteAllText(_file, bytes);

        var state = SealedDocument.Read<KnownUnitsDocument>(_file, 1, VolumesJson.Options, out var document);

        Assert.Equal(SealedDocumentState.Good, state);
        Assert.Equal([new KnownUnit("/srv/unit0.img", UnitKind.Image, GroupId, "vg00"), new KnownUnit("/dev/sdb", UnitKind.BlockDevice)], document!.Units);
        SealedDocument.Write(_file, document, VolumesJson.Options, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Equal(bytes, File.ReadAllText(_file));
    }

    [Fact]
    public void Document_WithAnyByteChanged_IsDamaged()
    {
        SealedDocument.Write(_file, new GroupDocument(1, GroupId, "vg00", Created), VolumesJson.Options, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var good = File.ReadAllBytes(_file);

        for (var i = 0; i < good.Length; i++)
        {
            var bad = (byte[])good.Clone();
            bad[i] ^= 1;
            File.WriteAllBytes(_file, bad);
            Assert.Equal(SealedDocumentState.Damaged, SealedDocument.Read<GroupDocument>(_file, 1, VolumesJson.Options, out _));
            File.WriteAllBytes(_file, good[..i]);
            Assert.Equal(SealedDocumentState.Damaged, SealedDocument.Read<GroupDocument>(_file, 1, VolumesJson.Options, out _));
        }
    }

    [Fact]
    public void Document_OfLaterVersion_IsNewerAndNotDamaged()
    {
        File.WriteAllBytes(_file, SealedDocument.Seal("""{"formatVersion":2,"surprise":true}"""));

        Assert.Equal(SealedDocumentState.Newer, SealedDocument.Read<GroupDocument>(_file, 1, VolumesJson.Options, out _));
    }

    [Fact]
    public void Document_ThatIsAbsent_IsAbsent() =>
        Assert.Equal(SealedDocumentState.Absent, SealedDocument.Read<GroupDocument>(_file, 1, VolumesJson.Options, out _));

    public void Dispose() => File.Delete(_file);

    private void Check<T>(string golden, T expected) where T : class, ISealedDocument
    {
        var bytes = golden + "\n";
        File.WriteAllText(_file, bytes, new UTF8Encoding(false));

        var state = SealedDocument.Read<T>(_file, 1, VolumesJson.Options, out var document);

        Assert.Equal((SealedDocumentState.Good, expected), (state, document));
        SealedDocument.Write(_file, expected, VolumesJson.Options, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Equal(bytes, File.ReadAllText(_file));
    }
}
