using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Futago.Testing.Nodes;

/// <summary>
/// Loopback ports for what a test is about to start. Each is given out once on this machine while the process that took it lives, by a
/// locked file: two tests that only looked for a free one would now and then find the same. They are below those that the kernel gives to
/// outgoing connections (/proc/sys/net/ipv4/ip_local_port_range).
/// </summary>
public static class FreePorts
{
    private const int First = 20_000;
    private const int Last = 32_700;

    private static readonly List<FileStream> _taken = [];
    private static readonly Lock _gate = new();

    /// <summary>Ports that nothing listens on now, all different.</summary>
    public static IReadOnlyList<int> Take(int count)
    {
        lock (_gate)
            return [.. Enumerable.Range(0, count).Select(_ => TakeOne())];
    }

    private static int TakeOne()
    {
        var directory = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "futago-test-ports"));
        var start = First + (Environment.ProcessId % (Last - First));
        for (var i = 0; i < Last - First; i++)
        {
            var port = First + ((start - First + i) % (Last - First));
            if (!IsFree(port) || TryLock(Path.Combine(directory.FullName, port.ToString(CultureInfo.InvariantCulture))) is not { } file)
                continue;
            _taken.Add(file);
            return port;
        }
        throw new InvalidOperationException("Every port is taken.");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Any, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static FileStream? TryLock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
