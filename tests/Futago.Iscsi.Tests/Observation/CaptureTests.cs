using System.Buffers.Binary;
using System.Text;
using Futago.Iscsi.Observation;
using Futago.Testing.Iscsi;
using Futago.Testing.Processes;

namespace Futago.Iscsi.Tests.Observation;

public sealed class CaptureTests
{
    private static readonly CaptureOptions _headers = new(TimeSpan.FromMinutes(1), CaptureOptions.MinimumBytes, Payload: false);

    [Fact]
    public async Task Capture_HeadersOnly_HasEveryPduAndNoPayload()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn(("HeaderDigest", "CRC32C"), ("DataDigest", "CRC32C"));
        var session = server.Server.Sessions[0].Id;
        Assert.Null(server.Server.StartCapture(session, _headers));

        Exchange(initiator);
        var status = server.Server.CaptureOf(session)!;
        var packets = Packets(server.Server.CaptureFileOf(session)!);

        // Command, response; command, Data-In; NOP-Out, NOP-In; command, response with sense.
        Assert.Equal([0x01, 0x21, 0x01, 0x25, 0x00, 0x20, 0x01, 0x21], packets.Select(p => p.Pdu[0] & 0x3F));
        Assert.Equal((true, false, 8), (status.Running, status.Full, status.Packets));
        Assert.Equal([48, 48, 48, 48, 48, 48, 48, 48 + 20], packets.Select(p => p.Pdu.Length));
        Assert.Equal([48 + 4096, 48, 48, 48 + 4096, 48 + 5, 48 + 5, 48, 48 + 20], packets.Select(p => p.OriginalLength));
        Assert.DoesNotContain("secret", Encoding.Latin1.GetString(server.Server.CaptureFileOf(session)!), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Capture_WithPayload_HasTheData()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();
        var session = server.Server.Sessions[0].Id;
        Assert.Null(server.Server.StartCapture(session, _headers with { Payload = true }));

        Exchange(initiator);
        var packets = Packets(server.Server.CaptureFileOf(session)!);

        Assert.All(packets, p => Assert.Equal(p.OriginalLength, p.Pdu.Length));
        Assert.Equal("secret", Encoding.ASCII.GetString(packets[0].Pdu.AsSpan(48, 6)));
        Assert.Equal("secret", Encoding.ASCII.GetString(packets[3].Pdu.AsSpan(48, 6)));
    }

    [Fact]
    public async Task Capture_ThatIsFull_EndsAtItsSize()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();
        var session = server.Server.Sessions[0].Id;
        Assert.Null(server.Server.StartCapture(session, _headers));

        for (uint tag = 1; tag <= 400; tag++)
        {
            initiator.Send(initiator.TestUnitReady(tag));
            initiator.Collect(tag);
        }
        var status = server.Server.CaptureOf(session)!;

        Assert.Equal((false, true), (status.Running, status.Full));
        Assert.InRange(server.Server.CaptureFileOf(session)!.Length, CaptureOptions.MinimumBytes - 512, CaptureOptions.MinimumBytes);
    }

    [Fact]
    public async Task Capture_WhoseTimeIsOver_EndsStaysForAWhileAndGoes()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();
        var session = server.Server.Sessions[0].Id;
        Assert.Null(server.Server.StartCapture(session, _headers with { Duration = TimeSpan.FromSeconds(2) }));
        var second = server.Server.StartCapture(session, _headers);
        server.Time.Advance(TimeSpan.FromSeconds(3));
        initiator.Send(initiator.TestUnitReady(1));
        initiator.Collect(1);
        var over = server.Server.CaptureOf(session)!;
        server.Time.Advance(TimeSpan.FromMinutes(11));

        Assert.Equal(CaptureRefusal.AlreadyRunning, second);
        Assert.Equal((false, false, 0), (over.Running, over.Full, over.Packets));
        Assert.Null(server.Server.CaptureOf(session));
    }

    [Fact]
    public async Task StartCapture_Limits_AreKept()
    {
        await using var server = new ServerUnderTest();
        var initiators = new List<ScriptedInitiator>();
        for (byte i = 0; i < 5; i++)
        {
            var initiator = server.Connect();
            initiator.Isid = [0x80, 0, 0, 9, 0, i];
            initiator.LoginNormal(ServerUnderTest.TargetName);
            initiators.Add(initiator);
        }
        var sessions = server.Server.Sessions.Select(s => s.Id).ToList();

        Assert.Equal([null, null, null, null, CaptureRefusal.TooMany], sessions.Select(id => server.Server.StartCapture(id, _headers)));
        Assert.Equal(CaptureRefusal.NoSession, server.Server.StartCapture(99, _headers));
        Assert.True(server.Server.RemoveCapture(sessions[0]));
        Assert.Null(server.Server.StartCapture(sessions[4], _headers));
        Assert.Throws<ArgumentOutOfRangeException>(() => server.Server.StartCapture(sessions[0], _headers with { MaximumBytes = 1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => server.Server.StartCapture(sessions[0], _headers with { Duration = TimeSpan.FromDays(1) }));
        initiators.ForEach(i => i.Dispose());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Capture_InTshark_IsIscsi(bool payload)
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();
        var session = server.Server.Sessions[0].Id;
        Assert.Null(server.Server.StartCapture(session, _headers with { Payload = payload }));
        Exchange(initiator);
        var file = Path.Combine(Path.GetTempPath(), $"futago-{Guid.NewGuid():N}.pcapng");
        await File.WriteAllBytesAsync(file, server.Server.CaptureFileOf(session)!, TestContext.Current.CancellationToken);

        var result = await Command.RunAsync("tshark", ["-r", file, "-T", "fields", "-e", "iscsi.opcode", "-e", "ip.src", "-e", "scsi_sbc.opcode", "-e", "scsi.sns.key"]);
        File.Delete(file);
        result.EnsureSuccess();
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('\t')).ToList();

        Assert.Equal(["0x01", "0x21", "0x01", "0x25", "0x00", "0x20", "0x01", "0x21"], lines.Select(l => l[0]));
        Assert.StartsWith("0x2a", lines[0][2], StringComparison.Ordinal);
        Assert.Equal("0x05", lines[7][3]);
    }

    /// <summary>A write, a read, a NOP and a read that fails.</summary>
    private static void Exchange(ScriptedInitiator initiator)
    {
        var content = new byte[4096];
        "secret"u8.CopyTo(content);
        initiator.Send(initiator.Write(1, 0, 8, content));
        initiator.Expect(0x21);
        initiator.Send(initiator.Read(2, 0, 8));
        initiator.Collect(2);
        initiator.Send(initiator.NopOut(3, [1, 2, 3, 4, 5]));
        initiator.Expect(0x20);
        initiator.Send(initiator.Read(4, 1_000_000, 8));
        initiator.Collect(4);
    }

    private static List<(byte[] Pdu, int OriginalLength)> Packets(byte[] file)
    {
        var packets = new List<(byte[], int)>();
        for (var at = 0; at < file.Length;)
        {
            var (type, total) = (BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at)), BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 4)));
            Assert.Equal(total, BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + total - 4)));
            Assert.Equal(0, total % 4);
            if (type == 6)
            {
                var kept = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 20));
                var original = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 24));
                var tags = TagBytes(file.AsSpan(at + 28));
                packets.Add((file.AsSpan(at + 28 + tags, kept - tags).ToArray(), original - tags));
            }
            at += total;
        }
        return packets;
    }

    private static int TagBytes(ReadOnlySpan<byte> tags)
    {
        var at = 0;
        while (BinaryPrimitives.ReadUInt16BigEndian(tags[at..]) != 0)
            at += 4 + BinaryPrimitives.ReadUInt16BigEndian(tags[(at + 2)..]);
        return at + 4;
    }
}
