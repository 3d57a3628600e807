using System.Net.Sockets;

namespace Futago.Engine.Contracts;

/// <summary>HTTP over a unix socket: whatever host a request names, the connection goes to one socket file.</summary>
public static class UnixSocketHandler
{
    public static SocketsHttpHandler Create(string socketPath) => new()
    {
        // A proxy named in the environment has no business with a local socket.
        UseProxy = false,
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };

    /// <summary>Why a connection failed, in a few words; the text of the exception names a host and a port that do not exist.</summary>
    public static string Reason(Exception failure) => failure.GetBaseException() is SocketException socket
        ? socket.SocketErrorCode switch
        {
            SocketError.AddressNotAvailable => "there is no such socket",
            SocketError.ConnectionRefused => "nobody listens on its socket",
            SocketError.AccessDenied => "this user may not open its socket",
            _ => socket.Message.TrimEnd('.'),
        }
        : failure.Message.TrimEnd('.');
}
