using System.Net.Sockets;
using System.Security.Cryptography;
using Futago.Volumes.Metadata;

namespace Futago.Failover.Tests.Witness;

/// <summary>Server and client over real sockets. The clock is the test's, so that no verdict depends on how fast the machine is.</summary>
public sealed class WitnessServerTests : IDisposable
{
    private static readonly Guid Pair = new("11111111-2222-3333-4444-555555555555");
    private static readonly Guid A = new(1, 0, 0, new byte[8]);
    private static readonly Guid B = new(2, 0, 0, new byte[8]);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _directory = Directory.CreateTempSubdirectory("futago-witness-").FullName;
    private readonly ManualClock _clock = new();
    private readonly PairKey _key = new(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray());

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TwoNodes_GetTheLeaseOneAfterTheOther()
    {
        await using var witness = new RunningWitness(_directory, _clock);
        using var a = Client(witness, A);
        using var b = Client(witness, B);

        Assert.Equal(WitnessResult.Unknown, (await AskAsync(b, B, 0, 2))!.Result);
        Assert.Equal(WitnessResult.Done, (await AskAsync(a, A, 0, 1, serves: true))!.Result);
        Assert.Equal(WitnessResult.Held, (await AskAsync(b, B, 1, 2))!.Result);
        _clock.Advance(8000);
        Assert.Equal(new WitnessReply(WitnessResult.Done, 2, B, false, 8000), await AskAsync(b, B, 1, 2));
        Assert.Equal(WitnessResult.TermMoved, (await AskAsync(a, A, 1, 1))!.Result);
    }

    [Fact]
    public async Task Restart_KeepsTheRecord_AndWaitsOneLease()
    {
        byte[]? pinned;
        await using (var witness = new RunningWitness(_directory, _clock))
        {
            using var a = Client(witness, A);
            Assert.Equal(WitnessResult.Done, (await AskAsync(a, A, 0, 7, serves: true))!.Result);
            pinned = a.PublicKey;
        }
        _clock.Advance(100_000);

        await using var again = new RunningWitness(_directory, _clock);
        using var b = Client(again, B, pinned: pinned);
        Assert.Equal(WitnessResult.Held, (await AskAsync(b, B, 7, 8))!.Result);
        _clock.Advance(8000);
        Assert.Equal(WitnessResult.Done, (await AskAsync(b, B, 7, 8))!.Result);
    }

    [Fact]
    public async Task DamagedRecord_IsSetAside_AndGrantsNobody()
    {
        await using (var witness = new RunningWitness(_directory, _clock))
        {
            using var a = Client(witness, A);
            await AskAsync(a, A, 0, 7, serves: true);
        }
        var file = Path.Combine(_directory, $"{Pair:D}.json");
        var bytes = await File.ReadAllBytesAsync(file, Stop);
        bytes[60] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, Stop);

        await using var again = new RunningWitness(_directory, _clock);
        using var b = Client(again, B);
        _clock.Advance(100_000);
        Assert.Equal(WitnessResult.Unknown, (await AskAsync(b, B, 7, 8))!.Result);
        Assert.True(File.Exists(file + ".damaged"));
    }

    [Fact]
    public async Task AnotherKey_IsRefused()
    {
        await using var witness = new RunningWitness(_directory, _clock);
        using var a = Client(witness, A);
        await AskAsync(a, A, 0, 1, serves: true);
        using var stranger = new WitnessClient(witness.EndPoint, PairKey.Create(), Pair, B, TimeProvider.System, null);

        Assert.Null(await AskAsync(stranger, B, 1, 2, serves: true));
        Assert.Contains("another key", stranger.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnotherWitness_IsRefused()
    {
        await using var witness = new RunningWitness(_directory, _clock);
        using var a = Client(witness, A, pinned: new byte[64]);

        Assert.Null(await AskAsync(a, A, 0, 1, serves: true));
        Assert.Contains("not the witness that was set", a.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OlderConnection_IsNotHeardAfterANewerOne()
    {
        await using var witness = new RunningWitness(_directory, _clock);
        using var before = Client(witness, A);
        await AskAsync(before, A, 0, 1, serves: true);
        using var after = Client(witness, A);
        await AskAsync(after, A, 1, 1, alone: true);

        Assert.Null(await AskAsync(before, A, 1, 1));
        using var b = Client(witness, B);
        _clock.Advance(100_000);
        Assert.Equal(WitnessResult.HolderAlone, (await AskAsync(b, B, 1, 2))!.Result);
    }

    [Fact]
    public async Task RecordedRequests_AreWorthNothingOnAnotherConnection()
    {
        await using var witness = new RunningWitness(_directory, _clock);
        using var a = Client(witness, A);
        await AskAsync(a, A, 0, 1, serves: true);
        using var identity = _key.WitnessIdentity();
        using var key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        // Hello of the pair, as anybody on the way could have recorded it; the keys that follow from it are not known to him.
        using var socket = await ConnectAsync(witness);
        await socket.SendAsync(WitnessMessages.WriteHello(new WitnessHello(Pair, B, new byte[16], WitnessSecrets.PublicKeyOf(identity))), Stop);
        var welcome = new byte[WitnessMessages.WelcomeBytes];
        await ReadAsync(socket, welcome);
        var forged = WitnessMessages.WriteRequest(1, new WitnessRequest(B, WitnessOperation.Acquire, 1, 2, false, true, 8000), key.DeriveKeyFromHash(key.PublicKey, HashAlgorithmName.SHA256));
        await socket.SendAsync(forged, Stop);

        Assert.Equal(0, await socket.ReceiveAsync(new byte[1], Stop));
        Assert.Equal(1UL, (await AskAsync(a, A, 1, 1))!.Term);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Garbage_EndsTheConnection_AndNothingElse(int seed)
    {
        await using var witness = new RunningWitness(_directory, _clock);
        var random = new Random(seed);
        for (var i = 0; i < 60; i++)
        {
            using var socket = await ConnectAsync(witness);
            var bytes = new byte[random.Next(116, 400)];
            random.NextBytes(bytes);
            if (random.Next(2) == 0)
                WitnessMessages.WriteHello(new WitnessHello(Pair, A, new byte[16], bytes[..64])).CopyTo(bytes, 0);
            await socket.SendAsync(bytes, Stop);
            socket.Shutdown(SocketShutdown.Send);
            var read = new byte[512];
            try
            {
                while (await socket.ReceiveAsync(read, Stop) > 0)
                {
                }
            }
            catch (SocketException)
            {
                // Reset, because not everything was read: as good as closed.
            }
        }
        using var a = Client(witness, A);
        Assert.Equal(WitnessResult.Done, (await AskAsync(a, A, 0, 1, serves: true))!.Result);
        Assert.DoesNotContain(witness.Log, line => line.Contains("with an error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Silence_IsNotAnswered_AndTheNextQuestionIs()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        silent.Listen();
        var endPoint = (System.Net.IPEndPoint)silent.LocalEndPoint!;
        using var a = new WitnessClient(endPoint, _key, Pair, A, TimeProvider.System, null);

        Assert.Null(await a.AskAsync(Request(A, 0, 1, true, false), TimeSpan.FromMilliseconds(100), Stop));
        Assert.Contains("does not answer", a.LastError, StringComparison.Ordinal);
        silent.Dispose();
        await using var witness = new RunningWitness(_directory, _clock, endPoint.Port);
        Assert.Equal(WitnessResult.Done, (await AskAsync(a, A, 0, 1, serves: true))!.Result);
    }

    [Fact]
    public async Task OneDirectory_OneWitness()
    {
        await using var witness = new RunningWitness(_directory, _clock);

        Assert.Throws<IOException>(() => new RunningWitness(_directory, _clock));
    }

    /// <summary>docs/on-disk/witness.md; a witness of today reads it for ever.</summary>
    [Fact]
    public void Document_Golden()
    {
        const string Golden = "{\"formatVersion\":1,\"pair\":\"11111111-2222-3333-4444-555555555555\",\"publicKey\":\"PUBLIC\",\"term\":7,\"holder\":\"00000001-0000-0000-0000-000000000000\",\"alone\":true,\"leaseMs\":8000,\"checksum\":\"sha256:";
        var publicKey = Enumerable.Range(0, 64).Select(i => (byte)i).ToArray();
        using var store = WitnessStore.Open(_directory);

        store.Save(Pair, new WitnessPair(publicKey, new WitnessRecord(7, A, true, 8000)));

        var text = File.ReadAllText(Path.Combine(_directory, $"{Pair:D}.json"));
        Assert.StartsWith(Golden.Replace("PUBLIC", Convert.ToHexStringLower(publicKey), StringComparison.Ordinal), text, StringComparison.Ordinal);
        Assert.Equal(new WitnessRecord(7, A, true, 8000), store.Load(_ => { })[Pair].Record);
    }

    [Fact]
    public void Document_OfANewerVersion_IsNotTouched()
    {
        using var store = WitnessStore.Open(_directory);
        var path = Path.Combine(_directory, $"{Pair:D}.json");
        SealedDocument.Write(path, WitnessPairDocument.Of(Pair, new WitnessPair(new byte[64], new WitnessRecord(1, A, false, 1))) with { FormatVersion = 2 },
            new System.Text.Json.JsonSerializerOptions(System.Text.Json.JsonSerializerDefaults.Web), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var before = File.ReadAllBytes(path);

        Assert.Throws<InvalidDataException>(() => store.Load(_ => { }));
        Assert.Equal(before, File.ReadAllBytes(path));
    }

    private WitnessClient Client(RunningWitness witness, Guid node, byte[]? pinned = null) => new(witness.EndPoint, _key, Pair, node, TimeProvider.System, pinned);

    private static WitnessRequest Request(Guid node, ulong expected, ulong term, bool serves, bool alone) =>
        new(node, WitnessOperation.Acquire, expected, term, alone, serves, 8000);

    private static Task<WitnessReply?> AskAsync(WitnessClient client, Guid node, ulong expected, ulong term, bool serves = false, bool alone = false) =>
        client.AskAsync(Request(node, expected, term, serves, alone), Patience, Stop);

    private static async Task<Socket> ConnectAsync(RunningWitness witness)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(witness.EndPoint, Stop);
        return socket;
    }

    private static async Task ReadAsync(Socket socket, byte[] to)
    {
        for (var at = 0; at < to.Length;)
        {
            var read = await socket.ReceiveAsync(to.AsMemory(at), Stop);
            Assert.NotEqual(0, read);
            at += read;
        }
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
