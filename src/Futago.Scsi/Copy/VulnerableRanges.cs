using Futago.Scsi.TaskSets;

namespace Futago.Scsi.Copy;

/// <summary>
/// The ranges of a unit that its ROD tokens stand for. A token of type "point in time copy – change vulnerable" is good until its
/// data changes; the task set tells here of every change before it starts, and a token is made while its ranges are held.
/// </summary>
internal sealed class VulnerableRanges
{
    /// <summary>Tokens of one unit; the oldest makes room.</summary>
    public const int Maximum = 64;

    private readonly Lock _gate = new();
    private readonly List<RodToken> _tokens = [];
    private volatile bool _any;

    public void Add(RodToken token)
    {
        lock (_gate)
        {
            if (_tokens.Count >= Maximum)
                Remove(_tokens[0], RodTokenState.Revoked);
            _tokens.Add(token);
            _any = true;
        }
    }

    public void Remove(RodToken token)
    {
        lock (_gate)
        {
            _tokens.Remove(token);
            _any = _tokens.Count > 0;
        }
    }

    /// <summary>Costs one volatile read while no token is out.</summary>
    public void OnChange(long offset, long length)
    {
        if (_any)
            Revoke(new ByteRange(offset, length));
    }

    /// <summary>The unit goes away, or all of its data does.</summary>
    public void RevokeAll()
    {
        lock (_gate)
        {
            while (_tokens.Count > 0)
                Remove(_tokens[^1], RodTokenState.Revoked);
        }
    }

    private void Revoke(ByteRange changed)
    {
        lock (_gate)
        {
            for (var i = _tokens.Count - 1; i >= 0; i--)
            {
                if (_tokens[i].Ranges.Any(range => range.Overlaps(changed)))
                    Remove(_tokens[i], RodTokenState.Revoked);
            }
        }
    }

    private void Remove(RodToken token, RodTokenState state)
    {
        token.State = state;
        _tokens.Remove(token);
        _any = _tokens.Count > 0;
    }
}
