using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Futago.Failover;

/// <summary>
/// A node's side of the witness. One question at a time; a question that is not answered in time closes the connection, and the
/// witness listens to nothing of it once the next one has spoken.
/// </summary>
public sealed class WitnessClient : IDisposable
{
    private readonly IPEndPoint _witness;
    private readonly Guid _pair;
    private readonly Guid _node;
    private readonly TimeProvider _clock;
    private readonly ECDiffieHellman _identity;
    private readonly byte[]? _pinned;
    private NetworkStream? _stream;
    private WitnessSecrets? _secrets;
    private uint _number;

    /// <param name="pinned">The witness's public key as it was when it was set; null: whatever it has is accepted and to be found in <see cref="PublicKey"/>.</param>
    public WitnessClient(IPEndPoint witness, PairKey key, Guid pair, Guid node, TimeProvider clock, byte[]? pinned)
    {
        _witness = witness;
        _pair = pair;
        _node = node;
        _clock = clock;
        _pinned = pinned;
        _identity = key.WitnessIdentity();
    }

    /// <summary>Of the witness, as of the last connection: what is to be pinned, and shown to a person.</summary>
    public byte[]? PublicKey { get; private set; }

    /// <summary>Why the last question was not answered, in a sentence; null when it was.</summary>
    public string? LastError { get; private set; }

    /// <summary>Not to be called again before it has ended.</summary>
    /// <returns>Null: not answered; see <see cref="LastError"/>.</returns>
    public async Task<WitnessReply?> AskAsync(WitnessRequest request, TimeSpan timeout, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(timeout, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            if (_stream is null)
                await ConnectAsync(both.Token);
            _number++;
            await _stream!.WriteAsync(WitnessMessages.WriteRequest(_number, request, _secrets!.ToWitness), both.Token);
            var bytes = new byte[WitnessMessages.ReplyBytes];
            await _stream.ReadExactlyAsync(bytes, both.Token);
            var reply = WitnessMessages.ReadReply(bytes, _number, _secrets.ToNode) ?? throw new IOException("The witness's answer is not authentic.");
            LastError = null;
            return reply;
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or CryptographicException)
        {
            Close();
            stop.ThrowIfCancellationRequested();
            LastError = e is OperationCanceledException ? $"The witness at {_witness} does not answer within {timeout.TotalSeconds:0.#} s." : $"The witness at {_witness} cannot be asked: {e.Message}";
            return null;
        }
    }

    private async Task ConnectAsync(CancellationToken stop)
    {
        var socket = new Socket(_witness.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(_witness, stop);
            _stream = new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        var nonce = RandomNumberGenerator.GetBytes(WitnessMessages.NonceBytes);
        await _stream.WriteAsync(WitnessMessages.WriteHello(new WitnessHello(_pair, _node, nonce, WitnessSecrets.PublicKeyOf(_identity))), stop);
        var welcome = new byte[WitnessMessages.WelcomeBytes];
        await _stream.ReadExactlyAsync(welcome, stop);
        if (!WitnessMessages.ReadWelcome(welcome, out var status, out var publicKey, out var theirNonce))
            throw new IOException("What answers there is no witness that this version understands.");
        switch (status)
        {
            case WelcomeStatus.OtherKey:
                throw new IOException("It knows this pair by another key. Was the pair made anew? Then remove the pair's file from the witness's directory.");
            case WelcomeStatus.OtherVersion:
                throw new IOException("It is of another version.");
        }
        if (_pinned is not null && !CryptographicOperations.FixedTimeEquals(_pinned, publicKey))
            throw new IOException("It is not the witness that was set: its key is another one. Was its directory lost? Then set the witness again.");
        var secrets = WitnessSecrets.Agree(_identity, publicKey, nonce, theirNonce);
        if (!WitnessMessages.IsSealed(welcome, secrets.ToNode))
            throw new IOException("The witness's welcome is not authentic.");
        (_secrets, _number, PublicKey) = (secrets, 0, publicKey);
    }

    private void Close()
    {
        _stream?.Dispose();
        _stream = null;
        _secrets = null;
    }

    public void Dispose()
    {
        Close();
        _identity.Dispose();
    }
}
