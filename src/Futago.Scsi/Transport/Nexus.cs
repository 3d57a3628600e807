namespace Futago.Scsi.Transport;

/// <summary>
/// An I_T nexus: one initiator port talking to one target port. Opened by the transport at the end of a login, closed with the
/// session. The SCSI layer hangs unit attentions and reservations on it.
/// </summary>
/// <param name="initiatorName">iSCSI name, lower case.</param>
/// <param name="initiatorPort">Initiator port name, RFC 7143 section 4.2.7: <c>name,i,0x…ISID</c>. Persistent reservations key on it.</param>
/// <param name="targetPortGroup">Target portal group tag, which is also the relative target port identifier.</param>
/// <param name="identity">
/// All that the transport knows of who is at the other end (name, address, what was proven), compared by value: two nexuses with
/// equal identities may do what either may. Without one a nexus equals only itself.
/// </param>
public sealed class Nexus(long id, string initiatorName, string initiatorPort, ushort targetPortGroup, object? identity = null)
{
    public long Id { get; } = id;

    public string InitiatorName { get; } = initiatorName;

    public string InitiatorPort { get; } = initiatorPort;

    public ushort TargetPortGroup { get; } = targetPortGroup;

    public bool IsOfSameInitiatorAs(Nexus other) => Id == other.Id || (identity is not null && identity.Equals(other.Identity));

    private object? Identity => identity;

    public override string ToString() => InitiatorPort;
}
