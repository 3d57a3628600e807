using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Futago.Benchmarks.Iscsi;

/// <summary>
/// The same sizes over bare TCP on this machine, without a protocol and a medium: a header and the data one way, a header the other, and
/// as many in flight. What comes together is answered together on both sides.
/// </summary>
internal static class TcpEcho
{
    private const int HeaderBytes = 48;

    /// <summary>Operations per second.</summary>
    public static double Run(Load load, int seconds)
    {
        var (request, answer) = load.Write ? (HeaderBytes + load.BlockBytes, HeaderBytes) : (HeaderBytes, HeaderBytes + load.BlockBytes);
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var counts = new long[load.Sessions];
        var clock = Stopwatch.StartNew();
        var threads = new List<Thread>();
        for (var i = 0; i < load.Sessions; i++)
        {
            var number = i;
            var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            client.Connect(listener.LocalEndPoint!);
            var server = listener.Accept();
            server.NoDelay = true;
            threads.Add(new Thread(() => Answer(server, request, answer, load.QueueDepth)));
            threads.Add(new Thread(() => counts[number] = Ask(client, request, answer, load.QueueDepth, () => clock.Elapsed.TotalSeconds >= seconds)));
        }
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return counts.Sum() / clock.Elapsed.TotalSeconds;
    }

    private static void Answer(Socket socket, int request, int answer, int queueDepth)
    {
        using (socket)
        {
            var (received, sent) = (new byte[request * queueDepth], new byte[answer * queueDepth]);
            for (long bytes = 0, answered = 0, count; (count = socket.Receive(received)) > 0;)
            {
                bytes += count;
                var complete = (bytes / request) - answered;
                answered += complete;
                Send(socket, sent, complete * answer);
            }
        }
    }

    private static long Ask(Socket socket, int request, int answer, int queueDepth, Func<bool> over)
    {
        using (socket)
        {
            var (received, sent) = (new byte[answer * queueDepth], new byte[request * queueDepth]);
            Send(socket, sent, sent.Length);
            long bytes = 0, answered = 0;
            while (!over())
            {
                bytes += socket.Receive(received);
                var complete = (bytes / answer) - answered;
                answered += complete;
                Send(socket, sent, complete * request);
            }
            var counted = answered;
            // What is in flight is taken, so that the other side never waits for room.
            for (var asked = counted + queueDepth; bytes < asked * answer;)
                bytes += socket.Receive(received);
            return counted;
        }
    }

    private static void Send(Socket socket, byte[] data, long length)
    {
        for (var sent = 0; sent < length;)
            sent += socket.Send(data, sent, (int)length - sent, SocketFlags.None);
    }
}
