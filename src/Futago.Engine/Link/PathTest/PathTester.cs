using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Link;

namespace Futago.Engine.Link.PathTest;

/// <summary>
/// The asking side of the path test: small messages there and back, then bulk data in each direction, through the same TLS that
/// the mirror uses. Several pieces are asked for ahead, so that a long round trip does not count against the throughput.
/// </summary>
internal sealed class PathTester(LinkService link, TimeProvider time)
{
    private const int EchoBytes = 64;
    private const int EchoesMaximum = 1000;
    private const int WarmUpEchoes = 20;
    private const int BulkBytes = 4 << 20;
    private const int BulkAhead = 4;
    private static readonly TimeSpan PhaseDuration = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan DurationMaximum = TimeSpan.FromSeconds(30);

    /// <exception cref="ProblemException">The peer cannot be reached, or another path test is running.</exception>
    public async Task<PathTestResult> RunAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(DurationMaximum);
        var buffer = ArrayPool<byte>.Shared.Rent(PathTestProtocol.PieceBytes);
        try
        {
            await using var connection = await link.ConnectAsync(PathTestFrame.ProtocolName, limit.Token);
            var stream = connection.Stream;
            await GreetAsync(stream, limit.Token);
            List<TimeSpan> trips = [];
            var (sent, received) = (0L, 0L);
            await stream.OnThreadAsync(
                () =>
                {
                    trips = MeasureRoundTrips(stream, buffer);
                    sent = MeasureSending(stream, buffer);
                    received = MeasureReceiving(stream, buffer);
                },
                limit.Token);
            return new PathTestResult(
                connection.LocalEndPoint.ToString(),
                connection.RemoteEndPoint.ToString(),
                trips.Count,
                Microseconds(trips[0]),
                Microseconds(trips[trips.Count / 2]),
                Microseconds(trips[(int)Math.Ceiling(trips.Count * 0.99) - 1]),
                sent,
                received,
                Mtu(connection.Socket));
        }
        catch (LinkException e)
        {
            throw Unreachable(e.Message);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw Unreachable($"The path test broke off: {e.GetBaseException().Message.TrimEnd('.')}. The peer may have stopped, or does not know this node as its peer.");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Unreachable($"The path test got no answer within {DurationMaximum.TotalSeconds:0} s.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task GreetAsync(Stream stream, CancellationToken cancellation)
    {
        var greeting = new byte[1];
        await stream.ReadExactlyAsync(greeting, cancellation);
        if (greeting[0] == PathTestFrame.Busy)
            throw ProblemException.Conflict(ProblemCodes.LinkTestRunning, "Another path test is running; try again in a few seconds.");
        if (greeting[0] != PathTestFrame.Ready)
            throw new IOException("the peer answered with something else");
    }

    private List<TimeSpan> MeasureRoundTrips(Stream stream, byte[] buffer)
    {
        var message = new byte[PathTestFrame.HeaderBytes + EchoBytes];
        new PathTestFrame(PathTestOperation.Echo, EchoBytes).WriteTo(message);
        var trips = new List<TimeSpan>(EchoesMaximum);
        var start = time.GetTimestamp();
        for (var i = 0; i < EchoesMaximum + WarmUpEchoes && (trips.Count == 0 || time.GetElapsedTime(start) < PhaseDuration); i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(PathTestFrame.HeaderBytes), i);
            var sent = time.GetTimestamp();
            stream.Write(message);
            stream.ReadExactly(buffer.AsSpan(0, message.Length));
            if (!buffer.AsSpan(0, message.Length).SequenceEqual(message))
                throw new IOException("an echo came back changed");
            // The first ones pay for caches and compilation on both sides.
            if (i >= WarmUpEchoes)
                trips.Add(time.GetElapsedTime(sent));
        }
        trips.Sort();
        return trips;
    }

    private long MeasureSending(Stream stream, byte[] buffer)
    {
        var header = new byte[PathTestFrame.HeaderBytes];
        var answer = new byte[PathTestFrame.HeaderBytes];
        new PathTestFrame(PathTestOperation.Take, BulkBytes).WriteTo(header);
        var start = time.GetTimestamp();
        var acknowledged = 0L;
        var due = 0;
        do
        {
            stream.Write(header);
            for (var left = BulkBytes; left > 0; left -= PathTestProtocol.PieceBytes)
                stream.Write(buffer.AsSpan(0, PathTestProtocol.PieceBytes));
            due++;
            if (due == BulkAhead)
                ReadAnswer();
        }
        while (time.GetElapsedTime(start) < PhaseDuration);
        while (due > 0)
            ReadAnswer();
        return PerSecond(acknowledged, time.GetElapsedTime(start));

        void ReadAnswer()
        {
            stream.ReadExactly(answer);
            acknowledged += BulkBytes;
            due--;
        }
    }

    private long MeasureReceiving(Stream stream, byte[] buffer)
    {
        var header = new byte[PathTestFrame.HeaderBytes];
        new PathTestFrame(PathTestOperation.Give, BulkBytes).WriteTo(header);
        var start = time.GetTimestamp();
        var received = 0L;
        for (var asked = 0; asked < BulkAhead; asked++)
            stream.Write(header);
        for (var due = BulkAhead; due > 0; due--)
        {
            stream.ReadExactly(buffer.AsSpan(0, PathTestFrame.HeaderBytes));
            PathTestProtocol.Discard(stream, buffer, BulkBytes);
            received += BulkBytes;
            if (time.GetElapsedTime(start) >= PhaseDuration)
                continue;
            stream.Write(header);
            due++;
        }
        return PerSecond(received, time.GetElapsedTime(start));
    }

    // ip(7) and ipv6(7): IP_MTU and IPV6_MTU are the path MTU that the kernel knows for a connected socket.
    private static int Mtu(Socket socket)
    {
        var v6 = socket.AddressFamily == AddressFamily.InterNetworkV6 && socket.RemoteEndPoint is System.Net.IPEndPoint { Address.IsIPv4MappedToIPv6: false };
        Span<byte> value = stackalloc byte[sizeof(int)];
        var (level, name) = v6 ? (41, 24) : (0, 14);
        socket.GetRawSocketOption(level, name, value);
        return BitConverter.ToInt32(value);
    }

    private static double Microseconds(TimeSpan span) => Math.Round(span.TotalMicroseconds, 1);

    private static long PerSecond(long bytes, TimeSpan duration) => (long)(bytes / duration.TotalSeconds);

    private static ProblemException Unreachable(string detail) => new(new Problem(ProblemCodes.LinkUnreachable, detail), 503);
}
