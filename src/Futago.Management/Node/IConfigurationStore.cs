using Futago.Management.Events;

namespace Futago.Management.Node;

/// <summary>Keeps the <see cref="NodeConfiguration"/>. Throws a problem <c>database.unreachable</c> while the database is away.</summary>
public interface IConfigurationStore
{
    /// <summary>The committed configuration, detached: changing it changes nothing.</summary>
    Task<NodeConfiguration> ReadAsync(CancellationToken cancellation = default);

    /// <summary>
    /// Runs <paramref name="change"/> on the present configuration while no other change can run, and commits it with a new
    /// revision and the audit event that it returns, all or nothing. A null event means that there was nothing to change.
    /// What the function throws is thrown on, and nothing is stored.
    /// </summary>
    Task<NodeConfiguration> ChangeAsync(Func<NodeConfiguration, EventEntry?> change, CancellationToken cancellation = default);

    /// <summary>Lifts the revision above <paramref name="engineRevision"/> when it is not already, with an event that says so.</summary>
    Task RaiseRevisionAsync(long engineRevision, EventEntry entry, CancellationToken cancellation = default);
}
