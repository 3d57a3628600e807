namespace Futago.DataReplication.Agent;

/// <summary>Why the agent or a share of it is not available. The strings are those of the engine's contract (a test compares the two) and on the wire.</summary>
public static class AgentCodes
{
    public const string RsyncMissing = "agent.rsync-missing";
    public const string PortUnusable = "agent.port-unusable";
    public const string ShareNotMounted = "agent.share-not-mounted";
    public const string ShareNoFolder = "agent.share-no-folder";
    public const string ShareReadOnly = "agent.share-read-only";
}
