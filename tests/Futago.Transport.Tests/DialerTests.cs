using System.Net;
using System.Net.Sockets;

namespace Futago.Transport.Tests;

public sealed class DialerTests
{
    /// <summary>A listener that accepts nobody: once its queue is full, the kernel leaves who dials unanswered.</summary>
    [Fact]
    public async Task Connect_ThatGetsNoAnswer_EndsWithTheToken()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        List<Socket> queued = [];
        using var limit = new CancellationTokenSource();
        Task<Socket> unanswered;
        while (true)
        {
            unanswered = Dialer.ConnectAsync("127.0.0.1", port, limit.Token);
            if (await Task.WhenAny(unanswered, Task.Delay(TimeSpan.FromSeconds(2))) != unanswered)
                break;
            queued.Add(await unanswered);
        }

        await limit.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => unanswered);
        queued.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task Connect_WhereNobodyListens_SaysSo()
    {
        using var reserved = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        reserved.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        var refusal = await Assert.ThrowsAsync<SocketException>(
            () => Dialer.ConnectAsync("127.0.0.1", ((IPEndPoint)reserved.LocalEndPoint!).Port, CancellationToken.None));

        Assert.Equal(SocketError.ConnectionRefused, refusal.SocketErrorCode);
        Assert.Equal("Connection refused", refusal.Message);
    }
}
