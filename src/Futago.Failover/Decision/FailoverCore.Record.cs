namespace Futago.Failover;

/// <summary>What must not be forgotten: changed in memory, stored one write at a time, used when it is durable.</summary>
internal sealed partial class FailoverCore
{
    private FailoverRecord _durable;
    private FailoverRecord _wanted;
    private FailoverRecord? _writing;
    private long _writeId;
    private List<Action> _afterThisWrite = [];
    private List<Action> _afterNextWrite = [];

    /// <param name="then">What may be done when it is durable.</param>
    private void Commit(FailoverRecord record, Action? then = null)
    {
        _wanted = record;
        if (then is not null)
            _afterNextWrite.Add(then);
        if (_writing is null)
            WriteNext();
    }

    private void WriteNext()
    {
        _writing = _wanted;
        (_afterThisWrite, _afterNextWrite) = (_afterNextWrite, _afterThisWrite);
        _writeId = NewId();
        Emit(new Store(_writeId, _writing));
    }

    private void OnStored(Stored stored)
    {
        if (_writing is null || stored.Id != _writeId)
            throw new InvalidOperationException("Failover: a record was stored that was not asked for");
        if (!stored.Ok)
        {
            // Nothing that depends on it happens; what it is for runs into its time limit. The write is tried again.
            Note(NoticeKind.RecordNotStored);
            _afterNextWrite.InsertRange(0, _afterThisWrite);
            _afterThisWrite.Clear();
            WriteNext();
            return;
        }
        _durable = _writing;
        _writing = null;
        var done = _afterThisWrite;
        _afterThisWrite = [];
        foreach (var then in done)
            then();
        if (_writing is null && (_wanted != _durable || _afterNextWrite.Count > 0))
            WriteNext();
    }

    private ulong NextTerm() => Math.Max(Math.Max(_wanted.Highest, _peer?.Highest ?? 0), _witness?.Term ?? 0) + 1;
}
