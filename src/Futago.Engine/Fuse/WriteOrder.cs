namespace Futago.Engine.Fuse;

/// <summary>
/// Changes of whole blocks may go side by side. One that covers a block in part has to read it, change it and write it back, and is alone
/// meanwhile, or it would undo what another one writes into the same block.
/// </summary>
/// <typeparam name="T">A change that waits for its turn.</typeparam>
internal sealed class WriteOrder<T>
{
    private readonly Lock _lock = new();
    private readonly Queue<(T Change, bool Alone)> _waiting = [];
    private int _running;
    private bool _alone;

    /// <returns>False: it waits, and is handed out by <see cref="Leave"/>.</returns>
    public bool TryEnter(T change, bool alone)
    {
        lock (_lock)
        {
            if (_waiting.Count == 0 && MayRun(alone))
            {
                Begin(alone);
                return true;
            }
            _waiting.Enqueue((change, alone));
            return false;
        }
    }

    /// <summary>One has ended.</summary>
    /// <returns>Those whose turn it is now.</returns>
    public IReadOnlyList<T> Leave()
    {
        lock (_lock)
        {
            _running--;
            _alone = false;
            if (_waiting.Count == 0)
                return [];
            var next = new List<T>();
            while (_waiting.TryPeek(out var first) && MayRun(first.Alone))
            {
                Begin(first.Alone);
                next.Add(_waiting.Dequeue().Change);
            }
            return next;
        }
    }

    private bool MayRun(bool alone) => !_alone && (!alone || _running == 0);

    private void Begin(bool alone)
    {
        _running++;
        _alone = alone;
    }
}
