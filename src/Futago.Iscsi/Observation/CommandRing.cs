namespace Futago.Iscsi.Observation;

/// <summary>
/// The last commands of a connection. Written by whoever sends for the connection, one thread at a time; read by anybody, without
/// stopping the writer: what was overwritten during the reading is left out. Starts small, so that an idle session costs little.
/// </summary>
internal sealed class CommandRing
{
    public const int Capacity = 256;
    private const int InitialCapacity = 4;

    private CommandRecord[] _records = [];
    private long _written;

    /// <summary>The place for the next record. It counts as written with <see cref="Commit"/>.</summary>
    public ref CommandRecord Next()
    {
        var records = _records;
        if (_written == records.Length && records.Length < Capacity)
        {
            // Before the first wrap, so that a record keeps its index.
            var larger = new CommandRecord[Math.Max(InitialCapacity, records.Length * 2)];
            records.CopyTo(larger, 0);
            Volatile.Write(ref _records, records = larger);
        }
        return ref records[_written % records.Length];
    }

    public void Commit() => Volatile.Write(ref _written, _written + 1);

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<CommandRecord> Read()
    {
        // In this order: what was committed before the copy is in it, and what was written after the copy began is told by the second count.
        var committed = Volatile.Read(ref _written);
        var records = Volatile.Read(ref _records);
        if (records.Length == 0)
            return [];
        var copy = (CommandRecord[])records.Clone();
        Interlocked.MemoryBarrier();
        var written = Volatile.Read(ref _written);
        // The place of the oldest record is the one that is being written to.
        var oldest = Math.Max(0, Math.Max(written, committed) - records.Length + 1);
        var result = new List<CommandRecord>();
        for (var i = oldest; i < committed; i++)
            result.Add(copy[i % copy.Length]);
        return result;
    }
}
