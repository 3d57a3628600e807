using Futago.Console.Client.Pairing;
using Futago.Engine.Contracts;

namespace Futago.Management.Failover;

/// <summary>All that the checks look at.</summary>
/// <param name="Settings">As they are or would be; null when they cannot be, which <paramref name="SettingsProblem"/> says.</param>
/// <param name="PeerLook">Null when the peer could not be asked, which <paramref name="PeerProblem"/> says.</param>
/// <param name="IsDraft">Nothing of the settings is on the nodes yet.</param>
/// <param name="IsConfigured">There is a failover, finished or not.</param>
/// <param name="HasTasks">There is a volume replication task that can take part.</param>
/// <param name="NewVolumes">To be made on both nodes before.</param>
internal sealed record PreflightInput(
    string Node,
    string? Peer,
    FailoverSettings? Settings,
    Problem? SettingsProblem,
    FailoverLook Look,
    FailoverLook? PeerLook,
    Problem? PeerProblem,
    PeerStatus? PeerStatus,
    bool IsDraft,
    bool IsConfigured,
    bool HasTasks,
    bool Unfinished,
    IReadOnlyList<NewVolume> NewVolumes);
