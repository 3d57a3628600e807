using Futago.Console.Client.DataReplication;
using Futago.Console.Client.Events;
using Futago.Console.Client.Failover;
using Futago.Console.Client.Network;
using Futago.Console.Client.Node;
using Futago.Console.Client.Pairing;
using Futago.Console.Client.Shares;
using Futago.Console.Client.Snapshots;
using Futago.Console.Client.Targets;
using Futago.Console.Client.Tasks;
using Futago.Console.Client.Users;
using Futago.Console.Client.VolumeReplication;
using Futago.Console.Client.Volumes;
using Futago.Engine.Contracts;

namespace Futago.Console.Client.Http;

/// <summary>
/// The console's interfaces over its REST API. Every method throws <see cref="ProblemException"/> when the console refuses, and one
/// with code <see cref="ProblemCodes.ConsoleUnreachable"/> when it does not answer.
/// </summary>
public sealed class ConsoleClient : IDisposable
{
    private readonly ApiConnection _api;

    /// <exception cref="ProblemException">The endpoint is an address that no token may be sent to.</exception>
    public ConsoleClient(ConsoleEndpoint endpoint)
    {
        _api = ConsoleHttp.Connect(endpoint);
        Volumes = new HttpVolumeManager(_api);
        Snapshots = new HttpSnapshots(_api);
        SnapshotSchedules = new HttpSnapshotSchedules(_api);
        Shares = new HttpShares(_api);
        Targets = new HttpTargets(_api);
        Sessions = new HttpSessions(_api);
        Diagnostics = new HttpDiagnostics(_api);
        Events = new HttpEvents(_api);
        Users = new HttpUsers(_api);
        Node = new HttpNodeSettings(_api);
        Pair = new HttpPair(_api);
        Tasks = new HttpTasks(_api);
        DataReplication = new HttpDataReplication(_api);
        Agent = new HttpReplicationAgent(_api);
        VolumeReplications = new HttpVolumeReplications(_api);
        Failover = new HttpFailover(_api);
        Network = new HttpNetwork(_api);
    }

    public IVolumeManager Volumes { get; }

    public ISnapshotManager Snapshots { get; }

    public ISnapshotSchedules SnapshotSchedules { get; }

    public IShares Shares { get; }

    public ITargets Targets { get; }

    public ISessions Sessions { get; }

    public IDiagnostics Diagnostics { get; }

    public IEvents Events { get; }

    public IUsers Users { get; }

    public INodeSettings Node { get; }

    public IPair Pair { get; }

    public ITasks Tasks { get; }

    public IDataReplication DataReplication { get; }

    public IReplicationAgent Agent { get; }

    public IVolumeReplications VolumeReplications { get; }

    public IFailover Failover { get; }

    public INetwork Network { get; }

    public void Dispose() => _api.Dispose();
}
