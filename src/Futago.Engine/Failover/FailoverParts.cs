using Futago.Engine.Events;
using Futago.Engine.Hosting;
using Futago.Engine.Link;
using Futago.Engine.Network;
using Futago.Engine.Replication;
using Futago.Engine.Targets;

namespace Futago.Engine.Failover;

/// <summary>What the failover works with.</summary>
/// <param name="Directory">Where records and history are kept.</param>
internal sealed record FailoverParts(
    string Directory,
    IServiceGuard Guard,
    ReplicationService Replications,
    TargetService Targets,
    LinkService Link,
    NicMonitor Nics,
    EventJournal Journal,
    FailoverRoles Roles,
    TimeProvider Time,
    ILoggerFactory Loggers);
