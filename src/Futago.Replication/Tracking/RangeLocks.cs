namespace Futago.Replication;

/// <summary>One claim on a range of blocks.</summary>
internal abstract class RangeClaim
{
    public long FirstBlock { get; protected init; }

    public long LastBlock { get; protected init; }

    /// <summary>False for readers, which share.</summary>
    public bool Exclusive { get; protected init; }

    public bool Granted { get; set; }
}

/// <summary>
/// Keeps overlapping operations in the order in which they came, on both nodes (I6), and readers away from what is not yet
/// written on both (I12). First come, first served among those that overlap.
/// </summary>
internal sealed class RangeLocks(bool enabled = true)
{
    private readonly List<RangeClaim> _claims = [];
    private int _waiting;

    public int Count => _claims.Count;

    /// <returns>Whether the claim is granted at once; otherwise <see cref="Leave"/> of another one grants it.</returns>
    public bool Enter(RangeClaim claim)
    {
        claim.Granted = !enabled || !ConflictsBefore(claim, _claims.Count);
        _waiting += claim.Granted ? 0 : 1;
        _claims.Add(claim);
        return claim.Granted;
    }

    /// <param name="granted">Receives the claims whose turn it is now, in order.</param>
    public void Leave(RangeClaim claim, Queue<RangeClaim> granted)
    {
        if (!_claims.Remove(claim))
            throw new InvalidOperationException("A claim was given up twice");
        if (!claim.Granted)
            _waiting--;
        for (var i = 0; _waiting > 0 && i < _claims.Count; i++)
        {
            var waiter = _claims[i];
            if (waiter.Granted || ConflictsBefore(waiter, i))
                continue;
            waiter.Granted = true;
            _waiting--;
            granted.Enqueue(waiter);
        }
    }

    private bool ConflictsBefore(RangeClaim claim, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var other = _claims[i];
            if (other.FirstBlock <= claim.LastBlock && claim.FirstBlock <= other.LastBlock && (claim.Exclusive || other.Exclusive))
                return true;
        }
        return false;
    }
}
