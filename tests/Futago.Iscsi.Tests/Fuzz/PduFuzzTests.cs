using System.Net.Sockets;
using Futago.Scsi;
using Futago.Scsi.LogicalUnits;
using Futago.Testing.Blocks;
using Futago.Testing.Fuzz;
using Futago.Testing.Iscsi;
using Microsoft.Extensions.Logging.Abstractions;

namespace Futago.Iscsi.Tests.Fuzz;

/// <summary>
/// Damaged PDUs against the whole target, device server included. Whatever happens to the sessions that send them: no fault is
/// logged, no memory and no session stays behind, and another initiator is served rightly all the while.
/// <c>scripts/fuzz.sh</c> runs it for long.
/// </summary>
public sealed class PduFuzzTests
{
    private const string Victim = "iqn.2026-01.example.futago:victim";
    private const int Together = 48;
    private const int PerConnection = 600;
    private const long PoolBytes = 96 << 20;

    [Fact]
    public async Task Server_DamagedPdus_ServesOthersAndKeepsNothing()
    {
        var run = FuzzRun.FromEnvironment(20_000, 7143);
        var random = new Random(run.Seed);
        await using var server = new ServerUnderTest(new IscsiServerOptions { MaxHalfOpenPerAddress = 1000 }, poolBytes: PoolBytes);
        var scsi = new ScsiTarget(new ScsiTargetOptions { Name = Victim }, server.Time, NullLogger<ScsiTarget>.Instance);
        await scsi.SetLogicalUnits([Unit(0), Unit(1)]);
        server.Server.SetTarget(server.Definition(Victim) with { Scsi = scsi });
        using var witness = server.LogIn();
        var generator = new PduGenerator(random, ReadCorpus());

        for (long sent = 0; sent < run.Count;)
        {
            sent += await AttackAsync(server, generator, random);
            Witness(witness, run);
        }

        ServerUnderTest.WaitFor(() => server.Server.Sessions.Count == 1);
        ServerUnderTest.WaitFor(() =>
        {
            server.Pool.ReleaseAll();
            // What the witness's connection holds.
            return server.Pool.AllocatedBytes < 1 << 20;
        });
        // The log is looked at when the server is disposed.
    }

    private static LogicalUnit Unit(int lun) => new(
        new LogicalUnitOptions(lun, new LogicalUnitIdentity($"600144f0a1b2c3d4e5f60718293a4b{lun:x2}", $"S-{lun}"), 512, false, false, false, true), new RamBlockDevice(1 << 20));

    private static async Task<int> AttackAsync(ServerUnderTest server, PduGenerator generator, Random random)
    {
        using var attacker = server.Connect();
        attacker.Name = "iqn.2026-01.example.test:attacker";
        attacker.Isid = [0x80, 0, 1, 0, 0, (byte)random.Next(3)];
        var sent = 0;
        try
        {
            var digest = random.Next(4) == 0 ? "CRC32C" : "None";
            (string, string)[] keys = [("InitialR2T", random.Next(2) == 0 ? "Yes" : "No"), ("ImmediateData", "Yes"), ("HeaderDigest", digest), ("DataDigest", digest), ("MaxConnections", "2")];
            if (attacker.LoginNormal(Victim, keys).LoginStatus != 0)
                return 1;
            using var drained = attacker.DrainInBackground();
            while (sent < PerConnection)
            {
                var count = random.Next(1, Together);
                attacker.SendRaw([.. Enumerable.Range(0, count).SelectMany(_ => generator.Next(attacker))]);
                sent += count;
                if (drained.IsClosed)
                    break;
            }
        }
        catch (Exception e) when (e is SocketException or EndOfStreamException or InvalidDataException)
        {
            // Closed by the target: one of the right answers.
        }
        await Task.Yield();
        return Math.Max(sent, 1);
    }

    private static void Witness(ScriptedInitiator witness, FuzzRun run)
    {
        var content = new byte[2048];
        Array.Fill(content, (byte)(witness.CmdSn & 0xFF));
        var written = witness.Execute(0, ScriptedInitiator.Cdb10(0x2A, 8, 4)[..10], dataOut: content);
        var read = witness.Execute(0, ScriptedInitiator.Cdb10(0x28, 8, 4)[..10], dataIn: 2048);
        Assert.True(written.Status == 0 && read.Status == 0 && read.Data.AsSpan().SequenceEqual(content), $"the witness was not served rightly ({run})");
    }

    private static List<byte[]> ReadCorpus() =>
    [
        .. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Fuzz", "Corpus"), "pdu-*.txt").Order(StringComparer.Ordinal)
            .SelectMany(File.ReadAllLines).Select(line => line.Split('#')[0].Replace(" ", "", StringComparison.Ordinal)).Where(line => line.Length > 0).Select(Convert.FromHexString),
    ];
}
