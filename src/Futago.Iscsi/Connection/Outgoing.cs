namespace Futago.Iscsi.Connection;

/// <summary>
/// Something that waits to be sent on a connection: a link in its queue. Owned by the queue from
/// <see cref="IscsiConnection.Enqueue"/> until <see cref="Released"/>.
/// </summary>
internal abstract class Outgoing
{
    public Outgoing? Next { get; set; }

    /// <summary>Writes PDUs into the batch. False: the batch is full; called again with the next one to go on.</summary>
    public abstract bool Emit(SendBatch batch);

    /// <summary>Called once: everything was handed to the system, or the connection is gone.</summary>
    public abstract void Released();
}
