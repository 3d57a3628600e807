using Futago.Transport.Tls;

namespace Futago.DataReplication.Client;

/// <summary>A connection with an agent that has proven itself; what follows on it is rsync's.</summary>
internal sealed class AgentConnection(TlsStream tls) : IAsyncDisposable
{
    public TlsStream Tls => tls;

    /// <summary>Ends both directions at once; whoever reads or writes returns.</summary>
    public void Abort() => tls.Abort();

    public ValueTask DisposeAsync() => tls.DisposeAsync();
}
