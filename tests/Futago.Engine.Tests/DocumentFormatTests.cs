using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Mode;
using Futago.Engine.Replication;
using Futago.Engine.Reservations;
using Futago.Engine.Sanitize;
using Futago.Engine.State;
using Futago.Engine.Targets;
using Futago.Scsi.Mode;
using Futago.Scsi.Reservations;
using Futago.Scsi.Sanitize;

namespace Futago.Engine.Tests;

/// <summary>
/// What lies beside volumes somewhere must stay readable. When one of these fails, the format has changed: bump its version, keep
/// reading the old one, and add the new bytes here beside the old ones (docs/on-disk).
/// </summary>
public sealed class DocumentFormatTests : IDisposable
{
    private const string ReservationsV1 =
        """{"formatVersion":1,"target":"iqn.2026-01.example.futago:t0","scsiId":"3000000000000001","reservationType":1,"holder":"iqn.2026-01.test:a,i,0x800000010000","registrations":[{"initiatorPort":"iqn.2026-01.test:a,i,0x800000010000","key":"abcdef0123456789"},{"initiatorPort":"iqn.2026-01.test:b,i,0x800000020000","key":"0000000000000001"}],"checksum":"sha256:2a9d99aba86b409eea8e63a41e9ce2b50480d400ec3b01067339e68ecf697c48"}""";

    private const string AllRegistrantsV1 =
        """{"formatVersion":1,"target":"iqn.2026-01.example.futago:t0","scsiId":"3000000000000001","reservationType":7,"registrations":[{"initiatorPort":"iqn.2026-01.test:a,i,0x800000010000","key":"abcdef0123456789"}],"checksum":"sha256:a167c636fd3cd41ff3e6dd8b07d214fe5f4a56f1ccbf7eddd0b04b4fae7bda2a"}""";

    private const string SanitizeV1 =
        """{"formatVersion":1,"serviceAction":1,"allowsExit":true,"checksum":"sha256:36570f6a6f751b6b7026b10eb4a54733acd491139491fa29d1617a6a08b2d130"}""";

    private const string ModeV1 =
        """{"formatVersion":1,"scsiId":"3000000000000001","descriptorSense":true,"softwareWriteProtect":false,"thresholdEnabled":true,"thresholdSets":64,"checksum":"sha256:b26e355392da9f1efffe19d8847e6613b6e5d2bcbd4d1fcfbd5201d574bf0800"}""";

    private const string ConfigurationV1WithoutCdRoms =
        """{"formatVersion":1,"configuration":{"revision":7,"nodeName":"node-a","portals":[{"address":"0.0.0.0","port":3260}],"targets":[{"id":"0199e2ab-0000-7000-8000-000000000001","name":"iqn.2026-01.example.futago:t0","started":true,"luns":[{"lun":1,"volumeId":"0199e2ab-0000-7000-8000-000000000002","scsiId":"3000000000000001","serial":"3000000000000001","readOnly":false,"writeBack":true,"blockSize":512,"removable":false}],"accessRules":[{"address":"10.77.0.0/24"}]}],"replications":[]},"checksum":"sha256:a53d1e1ce129b55b176f2250a710d7b6576cbc089903f4732809279885a7d32a"}""";

    private const string VerifyV1 =
        """{"formatVersion":1,"replication":"0199e2ab-0000-7000-8000-000000000001","startedAt":"2026-11-26T09:00:00+00:00","finishedAt":"2026-11-26T09:01:30+00:00","checkedBytes":1073741824,"totalBytes":1073741824,"differentBytes":8192,"ranges":[{"offsetBytes":4096,"lengthBytes":8192}],"aborted":false,"checksum":"sha256:16090b94b3057afa870668d2056dbb03c5b7467b08c8e2bff119065bf8d302f0"}""";

    private const string BehindV1 =
        """{"formatVersion":1,"replication":"0199e2ab-0000-7000-8000-000000000001","generation":"00000000000000ab","term":7,"since":"2026-11-28T19:00:00+00:00","checksum":"sha256:5970ac445d4b67ea6faff1cc81a92435a398323c13acbab89fa0738cea2cd9e3"}""";

    private const string Target = "iqn.2026-01.example.futago:t0";
    private const string ScsiId = "3000000000000001";
    private const string PortA = "iqn.2026-01.test:a,i,0x800000010000";
    private const string PortB = "iqn.2026-01.test:b,i,0x800000020000";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("futago-format-");

    public void Dispose() => _directory.Delete(recursive: true);

    /// <summary>What engines wrote before there were CD-ROMs; with them, the document only has a list more.</summary>
    [Fact]
    public void Configuration_OfBeforeCdRoms_IsReadAndKeepsItsDisks()
    {
        var path = Path.Combine(_directory.FullName, "configuration.json");
        File.WriteAllText(path, ConfigurationV1WithoutCdRoms + "\n");
        var store = new ConfigurationStore(path, TimeProvider.System);

        var old = store.Load(out var setAside);
        var drive = new CdRomConfiguration(2, Guid.NewGuid(), "/iso/debian.iso", "3000000000000002", "3000000000000002");
        store.Save(old with { Targets = [old.Targets[0] with { CdRoms = [drive] }] });
        var now = store.Load(out var setAsideAgain);

        Assert.Equal((null, null), (setAside, setAsideAgain));
        Assert.Empty(Assert.Single(old.Targets).CdRoms);
        Assert.Equal((7L, "3000000000000001"), (old.Revision, Assert.Single(old.Targets[0].Luns).ScsiId));
        Assert.Equal(old.Targets[0].Luns, now.Targets[0].Luns);
        Assert.Equal([drive], now.Targets[0].CdRoms);
        Assert.Equal(2, ConfigurationValidator.Check(now).Targets[0].Luns.Count + now.Targets[0].CdRoms.Count);
    }

    [Fact]
    public void Verify_Version1_IsReadAndWrittenByteForByte()
    {
        var path = Path.Combine(_directory.FullName, "verify.json");
        File.WriteAllText(path, VerifyV1 + "\n");
        var file = new VerifyFile(_directory.FullName, new Guid("0199e2ab-0000-7000-8000-000000000001"));

        var report = file.Load()!;

        Assert.Equal((1L << 30, 8192, false), (report.CheckedBytes, report.DifferentBytes, report.Aborted));
        Assert.Equal([new ByteRange(4096, 8192)], report.Ranges);
        Assert.Null(new VerifyFile(_directory.FullName, Guid.NewGuid()).Load());
        File.Delete(path);
        file.Save(report, report.FinishedAt!.Value);
        Assert.Equal(VerifyV1 + "\n", File.ReadAllText(path));
    }

    [Fact]
    public void Behind_Version1_IsReadAndWrittenByteForByte()
    {
        var (replication, time) = (new Guid("0199e2ab-0000-7000-8000-000000000001"), new FixedTime(new DateTimeOffset(2026, 11, 28, 19, 0, 0, TimeSpan.Zero)));
        var directory = Path.Combine(_directory.FullName, "mirror");
        var path = Path.Combine(directory, "0199e2ab000070008000000000000001.json");
        var file = new BehindFile(directory, replication, time);
        Assert.False(file.IsMade());
        file.Remove();

        file.Make("00000000000000ab", 7);
        Assert.Equal(BehindV1 + "\n", File.ReadAllText(path));
        Assert.True(file.IsMade());
        Assert.False(new BehindFile(directory, Guid.NewGuid(), time).IsMade());

        file.Remove();
        Assert.False(file.IsMade());
        File.WriteAllText(path, BehindV1 + "\n");
        Assert.True(file.IsMade());
    }

    /// <summary>It counts by being there: what cannot be understood is not taken for "not behind".</summary>
    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("damaged")]
    public void Behind_Damaged_Counts(string content)
    {
        var replication = Guid.NewGuid();
        File.WriteAllText(Path.Combine(_directory.FullName, $"{replication:N}.json"), content);

        Assert.True(new BehindFile(_directory.FullName, replication, TimeProvider.System).IsMade());
    }

    /// <summary>What cannot be written is an error of the kind that the mirror waits for.</summary>
    [Fact]
    public void Behind_InADirectoryThatCannotBe_IsAnIOException()
    {
        var inTheWay = Path.Combine(_directory.FullName, "mirror");
        File.WriteAllText(inTheWay, "");

        Assert.Throws<IOException>(() => new BehindFile(inTheWay, Guid.NewGuid(), TimeProvider.System).Make("1", 1));
    }

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }

    [Fact]
    public async Task Reservations_Version1_AreReadAndWrittenByteForByte()
    {
        var state = await RoundTripAsync(ReservationsV1);

        Assert.Equal((PersistentReservationType.WRITE_EXCLUSIVE, PortA), (state.Type, state.HolderPort));
        Assert.Equal([new PersistentRegistration(PortA, 0xabcdef0123456789), new PersistentRegistration(PortB, 1)], state.Registrations);
    }

    [Fact]
    public async Task Reservations_Version1WithoutHolder_AreReadAndWrittenByteForByte()
    {
        var state = await RoundTripAsync(AllRegistrantsV1);

        Assert.True(state.IsHolder(PortA));
        Assert.Null(state.HolderPort);
    }

    [Fact]
    public void Sanitize_Version1_IsReadAndWrittenByteForByte()
    {
        var path = Path.Combine(_directory.FullName, "sanitize.json");
        File.WriteAllText(path, SanitizeV1 + "\n");
        var store = new SanitizeFile(_directory.FullName);

        Assert.Equal(new SanitizeRecord(1, true), store.Load());
        store.Save(new SanitizeRecord(1, true));
        Assert.Equal(SanitizeV1 + "\n", File.ReadAllText(path));
        store.Save(null);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void Sanitize_DamagedOrNewer_CountsAsFailed()
    {
        var path = Path.Combine(_directory.FullName, "sanitize.json");
        File.WriteAllText(path, SanitizeV1.Replace("serviceAction\":1", "serviceAction\":2", StringComparison.Ordinal) + "\n");

        Assert.Equal(new SanitizeRecord(0, true), new SanitizeFile(_directory.FullName).Load());
    }

    [Fact]
    public void Mode_Version1_IsReadAndWrittenByteForByte()
    {
        var path = Path.Combine(_directory.FullName, "mode.json");
        File.WriteAllText(path, ModeV1 + "\n");
        var store = new ModeFile(_directory.FullName, ScsiId);

        Assert.Equal(new ModeValues(DescriptorSense: true, ThresholdSets: 64), store.Load());
        File.Delete(path);
        store.Save(new ModeValues(DescriptorSense: true, ThresholdSets: 64));
        Assert.Equal(ModeV1 + "\n", File.ReadAllText(path));
    }

    [Fact]
    public void Mode_DamagedOrOfAnotherLun_IsAbsent()
    {
        var path = Path.Combine(_directory.FullName, "mode.json");
        File.WriteAllText(path, ModeV1 + "\n");
        Assert.Null(new ModeFile(_directory.FullName, "3000000000000002").Load());
        File.WriteAllText(path, ModeV1.Replace("64", "65", StringComparison.Ordinal) + "\n");

        Assert.Null(new ModeFile(_directory.FullName, ScsiId).Load());
    }

    [Fact]
    public void MirroredReservations_Version1_AreReadAndWrittenByteForByte()
    {
        const string Golden =
            """{"reservations":{"formatVersion":1,"target":"iqn.2026-01.example.futago:t0","scsiId":"3000000000000001","reservationType":1,"holder":"iqn.2026-01.test:a,i,0x800000010000","registrations":[{"initiatorPort":"iqn.2026-01.test:a,i,0x800000010000","key":"abcdef0123456789"}]},"generation":7,"persists":false}""";
        var value = System.Text.Encoding.UTF8.GetBytes(Golden);

        var state = MirroredReservations.TryRead(value, Target, ScsiId)!;

        Assert.Equal((7U, false, PortA), (state.Generation, state.Persists, state.HolderPort));
        Assert.Equal(value, MirroredReservations.Write(Target, ScsiId, state));
        Assert.Null(MirroredReservations.TryRead(value, Target, "3000000000000002"));
        Assert.Null(MirroredReservations.TryRead("{"u8.ToArray(), Target, ScsiId));
        // Without APTPL nothing outlives the restart of the node that had them; a failover is no restart.
        Assert.Equal(PersistentReservationState.Empty, MirroredReservations.TryRead(MirroredReservations.AfterPowerLoss(value), Target, ScsiId)! with { Registrations = [] });
    }

    private async Task<PersistentReservationState> RoundTripAsync(string golden)
    {
        var path = Path.Combine(_directory.FullName, "reservations.json");
        File.WriteAllText(path, golden + "\n");
        var store = VolumeReservations.Open(_directory.FullName, Target, ScsiId, TimeProvider.System, null, out var setAside);
        Assert.Null(setAside);
        var state = store.Load();
        File.Delete(path);

        await store.SaveAsync(state);

        Assert.Equal(golden + "\n", File.ReadAllText(path));
        return state;
    }
}
