using System.Buffers.Binary;
using Futago.Scsi.CdRom;
using Futago.Scsi.Sense;
using Futago.Scsi.Tests.Scripted;

namespace Futago.Scsi.Tests.CdRom;

/// <summary>What a drive says of its disc, and what it reads from it.</summary>
public sealed class CdRomDiscTests
{
    /// <summary>MMC-5 section 6.18: the last block and 2,048.</summary>
    [Fact]
    public async Task ReadCapacity_Disc_GivesLastBlockOf2048Bytes()
    {
        var bench = await CdRomBench.CreateAsync(1000);

        Assert.Equal([0, 0, 3, 0xe7, 0, 0, 8, 0], (await bench.SendAsync(Cdb.ReadCapacity10())).AssertGood().Data);
    }

    [Fact]
    public async Task Read_10And12_GiveTheBytesOfTheImage()
    {
        var medium = CdRomBench.Medium(64, 7);
        var bench = await CdRomBench.CreateAsync(medium);

        var ten = (await bench.SendAsync(Cdb.Read10(3, 2))).AssertGood().Data;
        var twelve = (await bench.SendAsync(Cdb.Twelve(0xa8, 0, 63, 1))).AssertGood().Data;

        Assert.Equal(medium.Data.Slice(3 * 2048, 4096).ToArray(), ten);
        Assert.Equal(medium.Data.Slice(63 * 2048, 2048).ToArray(), twelve);
        (await bench.SendAsync(Cdb.Read10(63, 2))).AssertOutOfRange();
        (await bench.SendAsync(Cdb.Twelve(0xa8, 0, 64, 1))).AssertOutOfRange();
    }

    /// <summary>MMC-5 section 6.26.3.2: one data track, and the lead-out behind its last block.</summary>
    [Fact]
    public async Task ReadToc_Tracks_AsLba()
    {
        var bench = await CdRomBench.CreateAsync(1000);
        byte[] track = [0, 0x14, 1, 0, 0, 0, 0, 0], leadOut = [0, 0x14, 0xaa, 0, 0, 0, 3, 0xe8];

        Assert.Equal([0, 18, 1, 1, .. track, .. leadOut], (await bench.SendAsync(MmcCdb.ReadToc())).AssertGood().Data);
        Assert.Equal([0, 18, 1, 1, .. track, .. leadOut], (await bench.SendAsync(MmcCdb.ReadToc(track: 1))).AssertGood().Data);
        Assert.Equal([0, 10, 1, 1, .. leadOut], (await bench.SendAsync(MmcCdb.ReadToc(track: 0xaa))).AssertGood().Data);
        Assert.Equal([0, 18, 1, 1], (await bench.SendAsync(MmcCdb.ReadToc(allocation: 4))).AssertGood().Data);
        (await bench.SendAsync(MmcCdb.ReadToc(track: 2))).AssertInvalidFieldInCdb();
    }

    /// <summary>MMC-5 section 4.2.3.8: LBA 0 is 00:02:00; 1,000 blocks end at 00:15:25.</summary>
    [Fact]
    public async Task ReadToc_Tracks_AsMsf()
    {
        var bench = await CdRomBench.CreateAsync(1000);

        var data = (await bench.SendAsync(MmcCdb.ReadToc(msf: true))).AssertGood().Data;

        Assert.Equal([0, 0, 2, 0], data[8..12]);
        Assert.Equal([0, 0, 15, 25], data[16..20]);
    }

    /// <summary>MMC-5 section 6.26.3.3; Linux asks for it in the way of MMC-1, with the format in the control byte.</summary>
    [Theory]
    [InlineData(1, 0), InlineData(0, 0x40)]
    public async Task ReadToc_Session_IsTheOnlyOne(byte format, byte control)
    {
        var bench = await CdRomBench.CreateAsync(1000);

        Assert.Equal([0, 10, 1, 1, 0, 0x14, 1, 0, 0, 0, 0, 0], (await bench.SendAsync(MmcCdb.ReadToc(format, control: control))).AssertGood().Data);
    }

    /// <summary>MMC-5 section 6.26.3.4: points A0h, A1h, A2h and the track.</summary>
    [Fact]
    public async Task ReadToc_Full_HasTheEntriesOfTheLeadIn()
    {
        var bench = await CdRomBench.CreateAsync(1000);

        var data = (await bench.SendAsync(MmcCdb.ReadToc(2))).AssertGood().Data;

        Assert.Equal([0, 46, 1, 1], data[..4]);
        Assert.Equal([1, 0x14, 0, 0xa0, 0, 0, 0, 0, 1, 0, 0], data[4..15]);
        Assert.Equal([1, 0x14, 0, 0xa1, 0, 0, 0, 0, 1, 0, 0], data[15..26]);
        Assert.Equal([1, 0x14, 0, 0xa2, 0, 0, 0, 0, 0, 15, 25], data[26..37]);
        Assert.Equal([1, 0x14, 0, 1, 0, 0, 0, 0, 0, 2, 0], data[37..48]);
        (await bench.SendAsync(MmcCdb.ReadToc(2, track: 2))).AssertInvalidFieldInCdb();
    }

    /// <summary>PMA, ATIP, CD-TEXT and what there is not.</summary>
    [Theory]
    [InlineData(3), InlineData(4), InlineData(5), InlineData(15)]
    public async Task ReadToc_OtherFormats_AreInvalidFields(byte format)
    {
        var bench = await CdRomBench.CreateAsync(1000);

        (await bench.SendAsync(MmcCdb.ReadToc(format))).AssertInvalidFieldInCdb();
    }

    /// <summary>MMC-5 section 6.21: finalized, one session, one track.</summary>
    [Fact]
    public async Task DiscInformation_IsOfAFinishedDisc()
    {
        var bench = await CdRomBench.CreateAsync(1000);

        var data = (await bench.SendAsync(MmcCdb.DiscInformation())).AssertGood().Data;

        Assert.Equal([0, 32, 0x0e, 1, 1, 1, 1, 0x20, 0], data[..9]);
        Assert.Equal(34, data.Length);
        (await bench.SendAsync(MmcCdb.DiscInformation(1))).AssertInvalidFieldInCdb();
    }

    /// <summary>MMC-5 section 6.27: by LBA, track and session.</summary>
    [Theory]
    [InlineData(0, 0), InlineData(0, 999), InlineData(1, 1), InlineData(2, 1)]
    public async Task TrackInformation_OfTheTrack_IsItsSize(byte type, uint address)
    {
        var bench = await CdRomBench.CreateAsync(1000);

        var data = (await bench.SendAsync(MmcCdb.TrackInformation(type, address))).AssertGood().Data;

        Assert.Equal([0, 34, 1, 1, 0, 4, 1, 0], data[..8]);
        Assert.Equal(1000, BinaryPrimitives.ReadInt32BigEndian(data.AsSpan(24)));
    }

    [Fact]
    public async Task TrackInformation_OfNoTrack_IsRefused()
    {
        var bench = await CdRomBench.CreateAsync(1000);

        (await bench.SendAsync(MmcCdb.TrackInformation(0, 1000))).AssertOutOfRange();
        (await bench.SendAsync(MmcCdb.TrackInformation(1, 2))).AssertInvalidFieldInCdb();
        (await bench.SendAsync(MmcCdb.TrackInformation(2, 0))).AssertInvalidFieldInCdb();
        (await bench.SendAsync(MmcCdb.TrackInformation(3, 1))).AssertInvalidFieldInCdb();
    }

    /// <summary>MMC-5 section 5.3: profile list, and features that the disc makes current.</summary>
    [Fact]
    public async Task GetConfiguration_Cd_CurrentProfileIsCdRom()
    {
        var bench = await CdRomBench.CreateAsync(1000);

        var data = (await bench.SendAsync(MmcCdb.GetConfiguration())).AssertGood().Data;
        var features = Features(data);

        Assert.Equal(data.Length - 4, BinaryPrimitives.ReadInt32BigEndian(data));
        Assert.Equal([0, 8], data[6..8]);
        Assert.Equal([0x0000, 0x0001, 0x0002, 0x0003, 0x0010, 0x001d, 0x001e, 0x001f, 0x0100, 0x0105], features.Select(f => f.Code));
        Assert.Equal([0, 0x10, 0, 0, 0, 0x08, 1, 0], features[0].Data);
        Assert.Equal([0, 0, 8, 0, 0, 1, 1, 0], features[4].Data);
        Assert.Equal([true, true, true, true, true, true, true, false, true, true], features.Select(f => f.Current));
    }

    [Fact]
    public async Task GetConfiguration_LargerThanACd_CurrentProfileIsDvdRom()
    {
        var cd = await CdRomBench.CreateDvdAsync(449_849);
        var dvd = await CdRomBench.CreateDvdAsync(449_850);

        Assert.Equal([0, 0x08], (await cd.SendAsync(MmcCdb.GetConfiguration())).AssertGood().Data[6..8]);
        var data = (await dvd.SendAsync(MmcCdb.GetConfiguration())).AssertGood().Data;
        Assert.Equal([0, 0x10], data[6..8]);
        Assert.Equal([0x0010, 0x001f], Features(data).Where(f => f.Current && f.Code is >= 0x10 and < 0x100).Select(f => f.Code));
    }

    /// <summary>MMC-5 section 6.6.2.1: from a feature on, the current ones only, one of them.</summary>
    [Fact]
    public async Task GetConfiguration_RequestedType_SelectsFeatures()
    {
        var bench = await CdRomBench.CreateAsync(null);

        var from = Features((await bench.SendAsync(MmcCdb.GetConfiguration(0, 0x1e))).AssertGood().Data);
        var current = Features((await bench.SendAsync(MmcCdb.GetConfiguration(1))).AssertGood().Data);
        var one = Features((await bench.SendAsync(MmcCdb.GetConfiguration(2, 0x1e))).AssertGood().Data);
        var none = (await bench.SendAsync(MmcCdb.GetConfiguration(2, 0x2a))).AssertGood().Data;

        Assert.Equal([0x001e, 0x001f, 0x0100, 0x0105], from.Select(f => f.Code));
        Assert.Equal([0x0000, 0x0001, 0x0002, 0x0003, 0x0100, 0x0105], current.Select(f => f.Code));
        Assert.Equal([0x001e], one.Select(f => f.Code));
        Assert.Equal([0, 0, 0, 4, 0, 0, 0, 0], none);
        (await bench.SendAsync(MmcCdb.GetConfiguration(3))).AssertInvalidFieldInCdb();
    }

    /// <summary>MMC-5 section 6.22: structures are of DVDs.</summary>
    [Fact]
    public async Task DiscStructure_Dvd_DescribesOneLayer()
    {
        var dvd = await CdRomBench.CreateDvdAsync(2_000_000);
        var cd = await CdRomBench.CreateAsync(1000);

        var physical = (await dvd.SendAsync(MmcCdb.DiscStructure(0))).AssertGood().Data;
        var copyright = (await dvd.SendAsync(MmcCdb.DiscStructure(1))).AssertGood().Data;

        Assert.Equal([0x08, 0x02, 0, 0, 0x01, 0x02, 0x01, 0, 0, 3, 0, 0], physical[..12]);
        Assert.Equal(0x30000 + 1_999_999, BinaryPrimitives.ReadInt32BigEndian(physical.AsSpan(12)));
        Assert.Equal([0, 6, 0, 0, 0, 0, 0, 0], copyright);
        (await dvd.SendAsync(MmcCdb.DiscStructure(4))).AssertInvalidFieldInCdb();
        (await dvd.SendAsync(MmcCdb.DiscStructure(0, media: 1))).AssertInvalidFieldInCdb();
        (await dvd.SendAsync(MmcCdb.DiscStructure(0, layer: 1))).AssertInvalidFieldInCdb();
        (await cd.SendAsync(MmcCdb.DiscStructure(0))).AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.CANNOT_READ_MEDIUM_INCOMPATIBLE_FORMAT);
    }

    /// <summary>MMC-5 sections 6.19 and 6.20: user data, and nothing that an image does not hold.</summary>
    [Fact]
    public async Task ReadCd_UserData_IsThatOfRead()
    {
        var medium = CdRomBench.Medium(64, 9);
        var bench = await CdRomBench.CreateAsync(medium);
        var expected = medium.Data.Slice(5 * 2048, 4096).ToArray();

        Assert.Equal(expected, (await bench.SendAsync(MmcCdb.ReadCd(5, 2))).AssertGood().Data);
        Assert.Equal(expected, (await bench.SendAsync(MmcCdb.ReadCd(5, 2, sectorType: 2))).AssertGood().Data);
        Assert.Equal(expected, (await bench.SendAsync(MmcCdb.ReadCdMsf([0, 2, 5], [0, 2, 7]))).AssertGood().Data);
        Assert.Empty((await bench.SendAsync(MmcCdb.ReadCd(5, 2, selection: 0))).AssertGood().Data);
        (await bench.SendAsync(MmcCdb.ReadCd(63, 2))).AssertOutOfRange();
        (await bench.SendAsync(MmcCdb.ReadCd(5, 2, selection: 0xf8))).AssertInvalidFieldInCdb();
        (await bench.SendAsync(MmcCdb.ReadCd(5, 2, subChannel: 1))).AssertInvalidFieldInCdb();
        (await bench.SendAsync(MmcCdb.ReadCd(5, 2, sectorType: 1))).AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.ILLEGAL_MODE_FOR_THIS_TRACK);
        (await bench.SendAsync(MmcCdb.ReadCdMsf([0, 2, 75], [0, 3, 0]))).AssertInvalidFieldInCdb();
        (await bench.SendAsync(MmcCdb.ReadCdMsf([0, 1, 0], [0, 3, 0]))).AssertInvalidFieldInCdb();
        (await bench.SendAsync(MmcCdb.ReadCdMsf([0, 3, 0], [0, 2, 0]))).AssertInvalidFieldInCdb();
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Assert.ThrowsAny<ArgumentException>(() => new CdRomOptions(-1, CdRomBench.Identity).Validate());
        Assert.ThrowsAny<ArgumentException>(() => new CdRomOptions(0x4000, CdRomBench.Identity).Validate());
        Assert.ThrowsAny<ArgumentException>(() => new CdRomOptions(0, CdRomBench.Identity with { ScsiId = "1" }).Validate());
    }

    private static List<(int Code, bool Current, byte[] Data)> Features(byte[] reply)
    {
        var features = new List<(int, bool, byte[])>();
        for (var at = 8; at < reply.Length; at += 4 + reply[at + 3])
            features.Add((reply[at] << 8 | reply[at + 1], (reply[at + 2] & 1) != 0, reply[(at + 4)..(at + 4 + reply[at + 3])]));
        return features;
    }
}
