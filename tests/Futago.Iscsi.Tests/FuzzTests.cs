using System.Net.Sockets;
using Futago.Testing.Iscsi;

namespace Futago.Iscsi.Tests;

/// <summary>
/// PDUs with random damage, before and after login. Whatever happens to the connection that sends them, the server lives, other
/// sessions go on, and no memory stays behind.
/// </summary>
public sealed class FuzzTests
{
    private const string WitnessTarget = "iqn.2026-01.example.futago:witness";
    private const int Rounds = 300;
    private const int PdusPerRound = 30;

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    public async Task Server_DamagedPdus_GoesOnServing(int seed, bool loggedIn)
    {
        await using var server = new ServerUnderTest(new IscsiServerOptions { MaxHalfOpenPerAddress = 1000 }, poolBytes: 48 << 20);
        // The witness uses another target: a reset of its own one would rightly end its session.
        var disk = new RamScsiTarget();
        server.Server.SetTarget(server.Definition(WitnessTarget) with { Scsi = disk });
        using var witness = server.Connect();
        witness.Name = "iqn.2026-01.example.test:witness";
        witness.LoginNormal(WitnessTarget);
        var random = new Random(seed);

        var sessions = 0;
        for (var round = 0; round < Rounds; round++)
        {
            using var attacker = server.Connect();
            attacker.Isid = [0x80, 0, 1, 0, 0, 0];
            try
            {
                if (loggedIn && attacker.LoginNormal(ServerUnderTest.TargetName, ("InitialR2T", "No"), ("ImmediateData", "Yes")).LoginStatus == 0)
                    sessions++;
                for (var i = 0; i < PdusPerRound; i++)
                    attacker.SendRaw(Damage(attacker.Encode(Sample(attacker, random, (uint)i)), random));
            }
            catch (Exception e) when (e is SocketException or EndOfStreamException)
            {
                // Closed by the target: one of the right answers. A cold reset from the round before may still hit this round's login.
            }
        }
        witness.Send(witness.Write(1, 0, 8, [.. Enumerable.Repeat((byte)0x77, 4096)]));
        var written = witness.Expect(0x21);
        witness.Send(witness.Read(2, 0, 8));

        Assert.Equal(loggedIn, sessions > Rounds / 2);
        Assert.Equal(0, written.Status);
        Assert.All(witness.Collect(2).Data, b => Assert.Equal(0x77, b));
        ServerUnderTest.WaitFor(() => server.Server.Sessions.Count <= 1);
    }

    private static WirePdu Sample(ScriptedInitiator initiator, Random random, uint tag) => random.Next(9) switch
    {
        0 => initiator.Read(tag, (uint)random.Next(3000), (ushort)random.Next(300)),
        1 => initiator.Write(tag, (uint)random.Next(2000), 8, new byte[random.Next(5000)], final: random.Next(2) == 0),
        2 => initiator.DataOut(tag - 1, random.Next(2) == 0 ? uint.MaxValue : (uint)random.Next(), 0, 0, new byte[random.Next(9000)], true),
        3 => initiator.NopOut(tag, new byte[random.Next(100)]),
        4 => initiator.TextRequest(tag, ("SendTargets", "All")),
        5 => initiator.TaskManagement(tag, (byte)random.Next(10), tag - 1),
        6 => initiator.LoginRequest((byte)random.Next(256), ("InitiatorName", initiator.Name), ("TargetName", ServerUnderTest.TargetName)),
        7 => initiator.Command(tag, (byte)random.Next(256), (uint)random.Next(), [.. Enumerable.Range(0, 16).Select(_ => (byte)random.Next(256))]),
        _ => WirePdu.New(random.Next(64), (byte)random.Next(256), tag, new byte[random.Next(64)]),
    };

    /// <summary>Leaves most PDUs of a connection whole, so that it lives long enough to get somewhere.</summary>
    private static byte[] Damage(byte[] bytes, Random random)
    {
        switch (random.Next(8))
        {
            case 0:
                bytes[random.Next(48)] = (byte)random.Next(256);
                break;
            case 1:
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                break;
            case 2 when random.Next(4) == 0:
                return bytes[..random.Next(bytes.Length)];
        }
        return bytes;
    }
}
