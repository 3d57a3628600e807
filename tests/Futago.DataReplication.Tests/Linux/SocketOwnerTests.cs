using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Futago.DataReplication.Linux;

namespace Futago.DataReplication.Tests.Linux;

public sealed partial class SocketOwnerTests
{
    /// <summary>Debian's "nobody", and no user of any test.</summary>
    private const uint Nobody = 65534;

    [Fact]
    public async Task Find_OwnConnection_SaysItsUser()
    {
        await using var pair = await Pair.ConnectAsync();

        var user = SocketOwner.Find(pair.ClientEnd, pair.ServerEnd);

        Assert.Equal(EffectiveUser(), user);
    }

    [Fact]
    public async Task Find_ConnectionOfAnother_SaysTheirUser()
    {
        Assert.SkipUnless(EffectiveUser() == 0, "Only root can make a socket somebody else's.");
        await using var pair = await Pair.ConnectAsync();
        Assert.Equal(0, ChangeOwner(pair.Client.SafeHandle, Nobody, Nobody));

        var user = SocketOwner.Find(pair.ClientEnd, pair.ServerEnd);

        Assert.Equal(Nobody, user);
    }

    [Fact]
    public async Task Find_ClosedConnection_FindsNobody()
    {
        IPEndPoint end, other;
        await using (var pair = await Pair.ConnectAsync())
        {
            (end, other) = (pair.ClientEnd, pair.ServerEnd);
            // Without a goodbye: nothing lingers.
            pair.Client.LingerState = new LingerOption(true, 0);
        }

        Assert.Null(SocketOwner.Find(end, other));
    }

    /// <summary>The kernel answers with the socket that listens at an end, where there is no connection.</summary>
    [Fact]
    public void Find_ListenerAtThatEnd_IsNotTheConnection()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        Assert.Null(SocketOwner.Find((IPEndPoint)listener.LocalEndpoint, new IPEndPoint(IPAddress.Loopback, 1)));
    }

    [Fact]
    public async Task TryAsk_ThisKernel_SaysTheSameAsTheTable()
    {
        await using var pair = await Pair.ConnectAsync();

        Assert.SkipUnless(SocketOwner.TryAsk(pair.ClientEnd, pair.ServerEnd, out var user), "This kernel has no sock_diag for TCP.");

        Assert.NotNull(user);
        Assert.Equal(SocketOwner.Look(pair.ClientEnd, pair.ServerEnd, File.ReadLines("/proc/self/net/tcp")), user);
    }

    [Theory]
    [InlineData("0100007F:9C40 0100007F:C350", 1000)]
    [InlineData("0100007F:9C40 0100007F:C351", null)]
    [InlineData("0100007F:C350 0100007F:9C40", null)]
    public void Look_Table_FindsBothEnds(string ends, int? user)
    {
        string[] table = ["  sl  local_address rem_address st …", $"   0: {ends} 01 00000000:00000000 02:00000A2B 00000000  1000        0 12345 2 0"];

        Assert.Equal((uint?)user, SocketOwner.Look(new(IPAddress.Loopback, 40000), new(IPAddress.Loopback.MapToIPv6(), 50000), table));
    }

    private sealed class Pair(Socket client, Socket server) : IAsyncDisposable
    {
        public Socket Client => client;

        public IPEndPoint ClientEnd => (IPEndPoint)client.LocalEndPoint!;

        public IPEndPoint ServerEnd => (IPEndPoint)client.RemoteEndPoint!;

        public static async Task<Pair> ConnectAsync()
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await client.ConnectAsync(listener.LocalEndpoint);
            return new Pair(client, await listener.AcceptSocketAsync());
        }

        public ValueTask DisposeAsync()
        {
            client.Dispose();
            server.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "fchown")]
    private static partial int ChangeOwner(SafeHandle file, uint user, uint group);
}
