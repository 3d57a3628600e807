using System.Net;

namespace Futago.Iscsi;

/// <summary>
/// Decides from moment to moment whether a target may be served, for a target that moves between nodes. Asked from any thread and on
/// the path of every answer: nothing in it may wait.
/// </summary>
public interface ITargetGate
{
    /// <summary>Asked directly before answers leave. False: they are never sent, and the connection ends.</summary>
    bool MayAnswer { get; }

    /// <summary>Whether the target can be found, logged in to and listed on this address of the node.</summary>
    bool IsOfferedAt(IPAddress local);

    /// <summary>Addresses with their ports for SendTargets; null: the portals of the server.</summary>
    IReadOnlyList<IPEndPoint>? Portals { get; }
}
