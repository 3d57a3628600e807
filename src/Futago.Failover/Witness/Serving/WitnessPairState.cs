namespace Futago.Failover;

/// <summary>A pair that the witness knows, and which connection of each node is the newest.</summary>
internal sealed class WitnessPairState(byte[] publicKey, WitnessLeases leases)
{
    private readonly List<(Guid Node, WitnessConnection Connection)> _newest = [];

    public byte[] PublicKey => publicKey;

    public WitnessLeases Leases => leases;

    /// <summary>
    /// What an older connection still carries must not come after what a newer one said: it may be from before the node changed its mind.
    /// </summary>
    public bool Takes(Guid node, WitnessConnection connection)
    {
        var at = _newest.FindIndex(n => n.Node == node);
        if (at >= 0 && _newest[at].Connection.Number > connection.Number)
            return false;
        if (at >= 0)
            _newest[at] = (node, connection);
        else if (_newest.Count < 2)
            _newest.Add((node, connection));
        else
            // Two nodes make a pair; whoever has its key and is a third one takes the place of the first, whose lease stays.
            _newest[0] = (node, connection);
        return true;
    }
}
