using System.Buffers.Binary;
using System.Net;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Volumes;
using Futago.Testing.Iscsi;

namespace Futago.Engine.Tests;

/// <summary>Copies between volumes of a real engine: thin ones share their space, thick ones do not.</summary>
public sealed class CopyTests
{
    private const long MiB = 1L << 20;
    private const string Source = "iqn.2026-01.example.futago:source";
    private const string Destination = "iqn.2026-01.example.futago:destination";
    private const byte Lun = 1;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ExtendedCopy_BetweenTargets_CopiesAndSharesWhatIsThin(bool thin)
    {
        await using var engine = await EngineUnderTest.WithGroupAsync();
        await ServeAsync(engine, thin);
        using var source = LogIn(engine, Source);
        using var destination = LogIn(engine, Destination);
        Fill(source);
        var before = FreeBytes(engine);

        var answer = source.Execute(Lun, CopyCdb(ExtendedCopy.Length), dataOut: ExtendedCopy);

        Assert.Equal((0, 0), (answer.Status, answer.AdditionalSense));
        AssertFilled(destination);
        if (thin)
            Assert.InRange(before - FreeBytes(engine), long.MinValue, 8 * MiB);
    }

    [Fact]
    public async Task Token_ThinVolumes_IsWrittenBySharing()
    {
        await using var engine = await EngineUnderTest.WithGroupAsync();
        await ServeAsync(engine, thin: true);
        using var source = LogIn(engine, Source);
        using var destination = LogIn(engine, Destination);
        Fill(source);
        var before = FreeBytes(engine);

        byte[] populate = [0, 30, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0];
        Assert.Equal(0, source.Execute(Lun, [0x83, 0x10, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 32, 0, 0], dataOut: populate).Status);
        var token = source.Execute(Lun, [0x84, 0x07, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0], 1024).Data[38..550];
        byte[] write = [2, 38, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. token, 0, 0, 0, 0, 0, 0, 0, 16, .. populate[16..]];
        var answer = destination.Execute(Lun, [0x83, 0x11, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 2, 40, 0, 0], dataOut: write);

        Assert.Equal((0, 0), (answer.Status, answer.AdditionalSense));
        AssertFilled(destination);
        Assert.InRange(before - FreeBytes(engine), long.MinValue, 8 * MiB);
    }

    private static async Task ServeAsync(EngineUnderTest engine, bool thin)
    {
        var targets = new List<TargetConfiguration>();
        foreach (var (name, number) in ((string, int)[])[(Source, 1), (Destination, 2)])
        {
            var volume = await engine.Client.CreateVolumeAsync("vg00", new(null, VolumeType.Iscsi, 96 * MiB, Thin: thin));
            var target = EngineUnderTest.Target(name, volume.Id);
            targets.Add(target with { Luns = [target.Luns[0] with { ScsiId = $"300000000000000{number}" }] });
        }
        await engine.Client.ApplyConfigurationAsync(engine.Configuration(1, [.. targets]));
    }

    private static ScriptedInitiator LogIn(EngineUnderTest engine, string target)
    {
        var initiator = new ScriptedInitiator(new IPEndPoint(IPAddress.Loopback, engine.Port));
        Assert.Equal(0, initiator.LoginNormal(target).LoginStatus);
        initiator.TakeAttentions(Lun);
        return initiator;
    }

    /// <summary>64 MiB of a pattern at the start, by WRITE SAME.</summary>
    private static void Fill(ScriptedInitiator initiator)
    {
        for (byte i = 0; i < 4; i++)
            Assert.Equal(0, initiator.Execute(Lun, [0x93, 0, 0, 0, 0, 0, 0, (byte)(i >> 1), (byte)(i * 128), 0, 0, 0, 0x80, 0, 0, 0], dataOut: Pattern((byte)(i + 1))).Status);
    }

    private static void AssertFilled(ScriptedInitiator initiator)
    {
        for (byte i = 0; i < 4; i++)
            Assert.Equal(Pattern((byte)(i + 1)), initiator.Execute(Lun, [0x88, 0, 0, 0, 0, 0, 0, (byte)(i >> 1), (byte)(i * 128), 77, 0, 0, 0, 1, 0, 0], 512).Data);
    }

    private static byte[] Pattern(byte value) => [.. Enumerable.Repeat(value, 512)];

    private static long FreeBytes(EngineUnderTest engine) => new DriveInfo(Path.Combine(engine.MountRoot, "vg00")).AvailableFreeSpace;

    private static byte[] CopyCdb(int length) => [0x83, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)(length >> 8), (byte)length, 0, 0];

    /// <summary>64 MiB from source to destination; a segment says at most 65,535 blocks.</summary>
    private static byte[] ExtendedCopy { get; } =
    [
        0, 0x18, 0, 64, 0, 0, 0, 0, 0, 0, 0, 84, 0, 0, 0, 0,
        .. Cscd(1), .. Cscd(2),
        .. Segment(0, 65528), .. Segment(65528, 65528), .. Segment(131056, 16),
    ];

    private static byte[] Cscd(byte number) => [0xe4, 0, 0, 0, 1, 3, 0, 8, 0x30, 0, 0, 0, 0, 0, 0, number, .. new byte[12], 0, 0, 2, 0];

    private static byte[] Segment(int lba, ushort blocks)
    {
        byte[] segment = [0x02, 0, 0, 24, 0, 0, 0, 1, 0, 0, .. new byte[18]];
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(10), blocks);
        BinaryPrimitives.WriteInt64BigEndian(segment.AsSpan(12), lba);
        BinaryPrimitives.WriteInt64BigEndian(segment.AsSpan(20), lba);
        return segment;
    }
}
