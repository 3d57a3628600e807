using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Futago.Iscsi.Login;
using Futago.Testing.Fuzz;
using Futago.Testing.Iscsi;

namespace Futago.Iscsi.Tests.Fuzz;

/// <summary>
/// Logins made of known keys with strange values, strange keys, CHAP answers of every form and length, stages in the wrong order. Nobody
/// gets in without the secret, and nothing breaks.
/// </summary>
public sealed class LoginFuzzTests
{
    private const string ChapTarget = "iqn.2026-01.example.futago:chap";

    [Fact]
    public async Task Server_StrangeLogins_LetsNobodyInWithoutTheSecret()
    {
        var run = FuzzRun.FromEnvironment(2_000, 3720);
        var random = new Random(run.Seed);
        await using var server = new ServerUnderTest(new IscsiServerOptions { MaxHalfOpenPerAddress = 1000 });
        server.Server.SetTarget(server.Definition(ChapTarget, new ChapAccount("user", "a secret of 20 bytes", null, null)));

        for (long sent = 0; sent < run.Count;)
        {
            using var initiator = server.Connect();
            try
            {
                // Failed logins are slowed down; the clock is ours.
                server.Time.Advance(TimeSpan.FromSeconds(2));
                for (var step = random.Next(1, 5); step > 0; step--)
                {
                    var request = initiator.LoginRequest(Flags(random), [.. Keys(random)]);
                    if (random.Next(4) == 0)
                        Mutation.Apply(request.Header.AsSpan(8), random);
                    if (random.Next(8) == 0)
                        Mutation.Apply(request.Data, random);
                    sent++;
                    initiator.Send(request);
                    var response = initiator.Expect(0x23);
                    if (response.LoginStatus != 0)
                        break;
                }
            }
            catch (Exception e) when (e is SocketException or EndOfStreamException or InvalidDataException)
            {
                // Closed by the target.
            }
        }

        Assert.DoesNotContain(server.Opened, session => session.TargetName == ChapTarget);
    }

    private static byte Flags(Random random) => random.Next(4) switch
    {
        0 => (byte)random.Next(256),
        1 => 0x81,
        2 => 0x00,
        _ => 0x87,
    };

    private static IEnumerable<(string Key, string Value)> Keys(Random random)
    {
        if (random.Next(8) != 0)
            yield return ("InitiatorName", random.Next(8) == 0 ? Text(random) : ScriptedInitiator.DefaultName);
        if (random.Next(4) != 0)
            yield return ("TargetName", random.Next(3) switch { 0 => ServerUnderTest.TargetName, 1 => ChapTarget, _ => Text(random) });
        if (random.Next(2) == 0)
            yield return ("SessionType", random.Next(2) == 0 ? "Normal" : Text(random));
        if (random.Next(2) == 0)
            yield return ("AuthMethod", random.Next(3) switch { 0 => "CHAP", 1 => "None,CHAP", _ => Text(random) });
        if (random.Next(2) == 0)
            yield return ("CHAP_A", random.Next(2) == 0 ? "5,7,8" : Text(random));
        if (random.Next(2) == 0)
        {
            yield return ("CHAP_N", random.Next(2) == 0 ? "user" : Text(random));
            yield return ("CHAP_R", Binary(random));
            if (random.Next(2) == 0)
            {
                yield return ("CHAP_I", random.Next(300).ToString(CultureInfo.InvariantCulture));
                yield return ("CHAP_C", Binary(random));
            }
        }
        for (var i = random.Next(6); i > 0; i--)
            yield return (random.Next(6) == 0 ? Text(random) : KeyTable.Keys[random.Next(KeyTable.Keys.Count)].Name, Value(random));
    }

    private static string Value(Random random) => random.Next(8) switch
    {
        0 => "Yes",
        1 => "No",
        2 => random.Next(1 << 25).ToString(CultureInfo.InvariantCulture),
        3 => "0x" + random.Next().ToString("x", CultureInfo.InvariantCulture),
        4 => "None,CRC32C",
        5 => new string('9', random.Next(1, 40)),
        6 => "-1",
        _ => Text(random),
    };

    /// <summary>Hexadecimal and base64 of right and wrong lengths, and neither.</summary>
    private static string Binary(Random random)
    {
        var bytes = Mutation.Random(random.Next(4) == 0 ? random.Next(1500) : random.Next(40), random);
        return random.Next(5) switch
        {
            0 => "0b" + Convert.ToBase64String(bytes),
            1 => "0x" + Convert.ToHexString(bytes)[..Math.Max(0, bytes.Length * 2 - 1)],
            2 => Text(random),
            _ => "0x" + Convert.ToHexString(bytes),
        };
    }

    private static string Text(Random random)
    {
        var length = random.Next(10) == 0 ? random.Next(600) : random.Next(20);
        return Encoding.Latin1.GetString([.. Mutation.Random(length, random).Select(b => b == 0 ? (byte)'=' : (byte)(b & 0x7F))]);
    }
}
