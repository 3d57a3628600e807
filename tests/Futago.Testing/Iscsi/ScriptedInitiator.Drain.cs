using System.Net.Sockets;

namespace Futago.Testing.Iscsi;

/// <summary>Reading without looking.</summary>
public sealed partial class ScriptedInitiator
{
    /// <summary>Takes whatever comes from now on and throws it away, so that the target never waits for this initiator.</summary>
    public BackgroundDrain DrainInBackground() => new(_socket);

    public sealed class BackgroundDrain : IDisposable
    {
        private readonly Socket _socket;
        private readonly Thread _thread;
        private volatile bool _closed;

        internal BackgroundDrain(Socket socket)
        {
            _socket = socket;
            _thread = new Thread(Run) { IsBackground = true };
            _thread.Start();
        }

        /// <summary>The target has closed the connection.</summary>
        public bool IsClosed => _closed;

        public void Dispose()
        {
            _socket.Dispose();
            _thread.Join();
        }

        private void Run()
        {
            var buffer = new byte[64 << 10];
            try
            {
                while (_socket.Receive(buffer) > 0)
                {
                    // Nobody looks.
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The end, in one way or another.
            }
            _closed = true;
        }
    }
}
