using System.ComponentModel;
using System.IO.Pipes;
using System.Net.Sockets;

namespace Futago.DataReplication.Linux;

/// <summary>One direction between the network and an rsync.</summary>
internal static class Pump
{
    private const int BufferBytes = 256 << 10;

    /// <summary>Until <paramref name="from"/> ends.</summary>
    /// <exception cref="IOException">One of the two is broken.</exception>
    public static async Task CopyAsync(Stream from, Stream to, CancellationToken stop)
    {
        try
        {
            switch (from, to)
            {
                // Nothing between the two has to look at the bytes.
                case (NetworkStream network, PipeStream pipe):
                    network.Socket.Blocking = false;
                    await Splice.PumpAsync(network.Socket.SafeHandle, pipe.SafePipeHandle, stop);
                    break;
                case (PipeStream pipe, NetworkStream network):
                    network.Socket.Blocking = false;
                    await Splice.PumpAsync(pipe.SafePipeHandle, network.Socket.SafeHandle, stop);
                    break;
                default:
                    await from.CopyToAsync(to, BufferBytes, stop);
                    await to.FlushAsync(stop);
                    break;
            }
        }
        catch (Win32Exception e)
        {
            throw new IOException(e.Message, e);
        }
    }
}
