namespace Futago.Blocks;

/// <summary>
/// Several requests that end one after the other on one thread. Who has to do something after each of them that is cheaper done once
/// for all (sending answers, say) asks for it to be done when the last has ended. Per thread; nothing is allocated in steady state.
/// </summary>
public static class CompletionBatch
{
    [ThreadStatic]
    private static State? _state;

    /// <summary>To be disposed on the same thread, after the last completion. A batch within a batch is part of the outer one.</summary>
    public static Scope Begin()
    {
        var state = _state ??= new State();
        state.Depth++;
        return new Scope(state);
    }

    /// <summary>
    /// True: this thread is within a batch, and <see cref="ICompletionBatchEnd.OnBatchEnded"/> will be called once for each call of this.
    /// </summary>
    public static bool TryDefer(ICompletionBatchEnd deferred)
    {
        if (_state is not { Depth: > 0 } state)
            return false;
        state.Deferred.Add(deferred);
        return true;
    }

    public readonly ref struct Scope
    {
        private readonly State _state;

        internal Scope(State state) => _state = state;

        public void Dispose()
        {
            if (--_state.Depth > 0)
                return;
            // By index: what is done here may complete further requests, which are no longer within the batch.
            for (var i = 0; i < _state.Deferred.Count; i++)
                _state.Deferred[i].OnBatchEnded();
            _state.Deferred.Clear();
        }
    }

    internal sealed class State
    {
        public int Depth { get; set; }

        public List<ICompletionBatchEnd> Deferred { get; } = [];
    }
}
