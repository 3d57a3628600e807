using System.Net.Sockets;
using System.Security.Cryptography;

namespace Futago.Failover;

/// <summary>One connection of a node: hello, welcome, then requests and replies in turn. Memory and time are bounded from the first byte.</summary>
internal sealed class WitnessConnection(WitnessServer server, Socket socket) : IDisposable
{
    private static readonly TimeSpan HelloTimeout = TimeSpan.FromSeconds(5);

    /// <summary>A node that serves asks every second, one that does not every few.</summary>
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(30);

    private static long _last;

    private readonly NetworkStream _stream = new(socket, ownsSocket: true);

    /// <summary>In the order in which connections were accepted.</summary>
    public long Number { get; } = Interlocked.Increment(ref _last);

    public async Task RunAsync(CancellationToken stop)
    {
        socket.NoDelay = true;
        var hello = await ReadAsync(WitnessMessages.HelloBytes, HelloTimeout, stop);
        if (WitnessMessages.ReadHello(hello) is not { } from)
        {
            if (WitnessMessages.IsHelloOfOtherVersion(hello))
                await RefuseAsync(WelcomeStatus.OtherVersion, stop);
            return;
        }
        if (!server.MayBe(from.Pair, from.PublicKey))
        {
            await RefuseAsync(WelcomeStatus.OtherKey, stop);
            return;
        }
        var nonce = RandomNumberGenerator.GetBytes(WitnessMessages.NonceBytes);
        var secrets = WitnessSecrets.Agree(server.Key, from.PublicKey, from.Nonce, nonce);
        var welcome = WitnessMessages.WriteWelcome(WelcomeStatus.Ok, WitnessSecrets.PublicKeyOf(server.Key), nonce);
        WitnessMessages.Seal(welcome, secrets.ToNode);
        await WriteAsync(welcome, stop);
        for (uint number = 1; number != 0; number++)
        {
            var bytes = await ReadAsync(WitnessMessages.RequestBytes, IdleTimeout, stop);
            if (WitnessMessages.ReadRequest(bytes, number, from.Node, secrets.ToWitness) is not { } request || server.Handle(from, this, request) is not { } reply)
                return;
            await WriteAsync(WitnessMessages.WriteReply(number, reply, secrets.ToNode), stop);
        }
    }

    private async Task RefuseAsync(WelcomeStatus status, CancellationToken stop) =>
        await WriteAsync(WitnessMessages.WriteWelcome(status, [], []), stop);

    private async Task<byte[]> ReadAsync(int length, TimeSpan timeout, CancellationToken stop)
    {
        var bytes = new byte[length];
        using var limit = new CancellationTokenSource(timeout, server.Clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        await _stream.ReadExactlyAsync(bytes, both.Token);
        return bytes;
    }

    private async Task WriteAsync(byte[] bytes, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(HelloTimeout, server.Clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        await _stream.WriteAsync(bytes, both.Token);
    }

    public void Dispose() => _stream.Dispose();
}
