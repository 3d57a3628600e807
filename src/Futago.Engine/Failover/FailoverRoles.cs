namespace Futago.Engine.Failover;

/// <summary>Which replications the failover manager has now: for those the configured role means nothing.</summary>
internal sealed class FailoverRoles
{
    private volatile IReadOnlyCollection<Guid> _managed = [];

    public bool IsManaged(Guid replicationId) => _managed.Contains(replicationId);

    public void Set(IReadOnlyCollection<Guid> replicationIds) => _managed = replicationIds;
}
