using System.Net.Security;
using Futago.Blocks;
using Futago.DataReplication.Linux;

namespace Futago.DataReplication.Client;

/// <summary>A connection with an agent that has proven itself; what follows on it is rsync's.</summary>
internal sealed class AgentConnection(SslStream tls, RecordBuffer records, WireStream wire) : IAsyncDisposable
{
    public SslStream Tls => tls;

    /// <summary>What follows is much, and is flushed before anything is waited for.</summary>
    public void Gather() => records.Gather();

    /// <summary>Ends both directions at once; whoever reads or writes returns.</summary>
    public void Abort() => wire.Abort();

    public ValueTask DisposeAsync() => tls.DisposeAsync();
}
