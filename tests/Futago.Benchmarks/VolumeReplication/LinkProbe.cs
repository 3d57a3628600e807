using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Futago.Testing.Nodes;

namespace Futago.Benchmarks.VolumeReplication;

/// <summary>What the cable between the nodes gives when nothing but TCP is on it: from node a to node b.</summary>
internal static class LinkProbe
{
    private const int Rounds = 5000;
    private const int ChunkBytes = 1 << 20;
    private static readonly IPEndPoint Listening = new(IPAddress.Parse("10.78.0.2"), 7999);

    /// <summary>Median round trip of one block of 4 KiB and an answer of 32 bytes, in µs.</summary>
    public static Task<double> RoundTripMicrosecondsAsync() => BetweenAsync(
        socket =>
        {
            var (data, answer) = (new byte[4096], new byte[32]);
            while (TryReceive(socket, data))
                socket.Send(answer);
        },
        socket =>
        {
            var (data, answer) = (new byte[4096], new byte[32]);
            var samples = new double[Rounds];
            for (var i = 0; i < Rounds; i++)
            {
                var start = Stopwatch.GetTimestamp();
                socket.Send(data);
                if (!TryReceive(socket, answer))
                    throw new IOException("The other end closed the connection.");
                samples[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            }
            Array.Sort(samples);
            return samples[Rounds / 2];
        });

    /// <summary>Bytes per second in one direction.</summary>
    public static Task<double> ThroughputAsync(int seconds) => BetweenAsync(
        socket =>
        {
            var data = new byte[ChunkBytes];
            while (TryReceive(socket, data))
            {
                // Only the speed counts.
            }
            socket.Send(new byte[1]);
        },
        socket =>
        {
            var data = new byte[ChunkBytes];
            var start = Stopwatch.GetTimestamp();
            long sent = 0;
            while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
                sent += socket.Send(data);
            socket.Shutdown(SocketShutdown.Send);
            TryReceive(socket, new byte[1]);
            return sent / Stopwatch.GetElapsedTime(start).TotalSeconds;
        });

    private static async Task<double> BetweenAsync(Action<Socket> answer, Func<Socket, double> measure)
    {
        var listener = await NetworkNamespace.RunAsync("futago-b", () =>
        {
            var socket = NewSocket();
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(Listening);
            socket.Listen();
            return socket;
        });
        using (listener)
        {
            // A socket stays in the namespace that it was made in.
            var answering = NetworkNamespace.RunAsync("futago-b", () =>
            {
                using var accepted = listener.Accept();
                accepted.NoDelay = true;
                answer(accepted);
                return true;
            });
            var result = await NetworkNamespace.RunAsync("futago-a", () =>
            {
                using var socket = NewSocket();
                socket.Connect(Listening);
                return measure(socket);
            });
            await answering;
            return result;
        }
    }

    private static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    private static bool TryReceive(Socket socket, Span<byte> whole)
    {
        while (whole.Length > 0)
        {
            var n = socket.Receive(whole);
            if (n == 0)
                return false;
            whole = whole[n..];
        }
        return true;
    }
}
