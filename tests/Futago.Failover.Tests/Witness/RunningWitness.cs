using System.Net;

namespace Futago.Failover.Tests.Witness;

/// <summary>A real witness on a port of loopback, with a directory of its own that can outlive it.</summary>
internal sealed class RunningWitness : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly WitnessServer _server;
    private readonly Task _running;

    public RunningWitness(string directory, TimeProvider clock, int port = 0)
    {
        _server = new WitnessServer(new IPEndPoint(IPAddress.Loopback, port), directory, clock, line =>
        {
            lock (Log)
                Log.Add(line);
        });
        _running = _server.RunAsync(_stop.Token);
    }

    public IPEndPoint EndPoint => _server.EndPoint;

    public string Fingerprint => _server.Fingerprint;

    public List<string> Log { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _server.Dispose();
        _stop.Dispose();
    }
}
