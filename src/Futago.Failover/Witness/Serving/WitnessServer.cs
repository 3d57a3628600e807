using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Futago.Failover;

/// <summary>
/// The witness: a small lease service for any third machine. It keeps one record for each pair, decides with
/// <see cref="WitnessLeases"/>, and answers after what it says is durable. docs/protocol/witness.md.
/// </summary>
public sealed class WitnessServer : IDisposable
{
    /// <summary>More connections are closed at once; a pair needs two.</summary>
    private const int ConnectionsMaximum = 256;

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, WitnessPairState> _pairs = [];
    private readonly TimeProvider _clock;
    private readonly Action<string> _log;
    private readonly WitnessStore _store;
    private readonly ECDiffieHellman _key;
    private readonly Socket _listener;
    private int _connections;

    /// <param name="clock">Monotonic; wall time is not used, except by the log.</param>
    /// <param name="log">Takes one line.</param>
    /// <exception cref="IOException">The directory or the address cannot be used.</exception>
    /// <exception cref="InvalidDataException">A file of the directory cannot be read.</exception>
    public WitnessServer(IPEndPoint listen, string directory, TimeProvider clock, Action<string> log)
    {
        _clock = clock;
        _log = log;
        _store = WitnessStore.Open(directory);
        try
        {
            _key = _store.LoadKey();
            // Every lease that an earlier run may have given counts as given now.
            foreach (var (id, pair) in _store.Load(log))
                _pairs.Add(id, new WitnessPairState(pair.PublicKey, new WitnessLeases(NowMs, pair.Record)));
            _listener = new Socket(listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            _listener.Bind(listen);
            _listener.Listen(64);
        }
        catch (SocketException e)
        {
            _key?.Dispose();
            _listener?.Dispose();
            _store.Dispose();
            throw new IOException($"{listen} cannot be listened on: {e.Message}", e);
        }
        catch
        {
            _key?.Dispose();
            _store.Dispose();
            throw;
        }
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>SHA-256 over the public key, in hexadecimal: what a node shows when it meets this witness.</summary>
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(WitnessSecrets.PublicKeyOf(_key)));

    internal TimeProvider Clock => _clock;

    internal ECDiffieHellman Key => _key;

    private long NowMs => (long)_clock.GetElapsedTime(0).TotalMilliseconds;

    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptAsync(stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException e)
            {
                _log($"a connection was not accepted: {e.Message}");
                // Out of descriptors, say: again, but not in a circle.
                await Task.Delay(TimeSpan.FromMilliseconds(200), _clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }
            if (Interlocked.Increment(ref _connections) > ConnectionsMaximum)
            {
                Interlocked.Decrement(ref _connections);
                socket.Dispose();
                continue;
            }
            _ = ServeAsync(socket, stop);
        }
    }

    private async Task ServeAsync(Socket socket, CancellationToken stop)
    {
        try
        {
            using var connection = new WitnessConnection(this, socket);
            await connection.RunAsync(stop);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or CryptographicException or ObjectDisposedException)
        {
            // The peer ended it, was silent for too long, or did not speak the protocol: it will come again.
        }
        catch (Exception e)
        {
            _log($"a connection ended with an error: {e}");
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }

    /// <summary>Whoever came first with a pair's name owns it, as far as this witness is concerned.</summary>
    internal bool MayBe(Guid pair, byte[] publicKey)
    {
        lock (_gate)
            return !_pairs.TryGetValue(pair, out var state) || state.PublicKey.AsSpan().SequenceEqual(publicKey);
    }

    /// <summary>One request after the other: what is answered is durable, and nothing of an older connection of the node comes after it.</summary>
    /// <returns>Null: a newer connection of this node has taken over.</returns>
    internal WitnessReply? Handle(WitnessHello hello, WitnessConnection connection, WitnessRequest request)
    {
        lock (_gate)
        {
            if (!_pairs.TryGetValue(hello.Pair, out var state))
                return Register(hello, connection, request);
            if (!state.PublicKey.AsSpan().SequenceEqual(hello.PublicKey) || !state.Takes(hello.Node, connection))
                return null;
            var reply = state.Leases.Decide(NowMs, request, out var record);
            return record is null ? reply : Commit(hello.Pair, state, record, reply);
        }
    }

    private WitnessReply Register(WitnessHello hello, WitnessConnection connection, WitnessRequest request)
    {
        var state = new WitnessPairState(hello.PublicKey, new WitnessLeases(NowMs, stored: null));
        var reply = state.Leases.Decide(NowMs, request, out var record);
        if (record is null)
            return reply;
        if (_pairs.Count >= WitnessStore.PairsMaximum)
            return new WitnessReply(WitnessResult.Full, 0, Guid.Empty, false, 0);
        reply = Commit(hello.Pair, state, record, reply);
        if (reply.Result != WitnessResult.Done)
            return reply;
        state.Takes(hello.Node, connection);
        _pairs.Add(hello.Pair, state);
        _log($"pair {hello.Pair} registered by node {hello.Node}");
        return reply;
    }

    private WitnessReply Commit(Guid pair, WitnessPairState state, WitnessRecord record, WitnessReply reply)
    {
        if (record != state.Leases.Record)
        {
            try
            {
                _store.Save(pair, new WitnessPair(state.PublicKey, record));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _log($"the lease of pair {pair} cannot be stored and is not given: {e.Message}");
                return reply with { Result = WitnessResult.StoreFailed };
            }
            _log($"pair {pair}: term {record.Term}, {(record.Holder == Guid.Empty ? "given back" : $"held by {record.Holder}")}{(record.Alone ? ", alone" : "")}");
        }
        state.Leases.Commit(NowMs, record);
        return reply;
    }

    public void Dispose()
    {
        _listener.Dispose();
        _key.Dispose();
        _store.Dispose();
    }
}
