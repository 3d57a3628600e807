using System.Diagnostics;
using Futago.Blocks.Native;

namespace Futago.Blocks.Log;

/// <summary>
/// Makes small writes durable by one sequential write, where each of them in its own place would cost a seek or at least a request. They are in the
/// page cache already; the kernel brings them to their places later, and an area of the log is struck out when it has. After a crash
/// <see cref="CommitLogReplay"/> writes them again.
/// <para>
/// What keeps a replay from bringing back old data: (1) what is recorded is read from the page cache when it is recorded, so that of two writes to a block
/// the last record has the last one; (2) changes that are not recorded begin only when the log is empty (the owner sees to that);
/// (3) areas are struck out in the order of their generations, and an area is begun anew only when it is durably struck out.
/// </para>
/// One thread appends and strikes out; another settles the area that is full.
/// </summary>
internal sealed class CommitLog : IDisposable
{
    /// <summary>Longest write that is recorded, in bytes. Longer ones cost little more in their own place.</summary>
    public const int WriteBytesMaximum = 32 << 10;

    /// <summary>Of an area, to begin with; how fast the medium takes it is not known yet.</summary>
    private const long LimitAtFirst = 8 << 20;

    /// <summary>Settling an area should not take longer: whoever fills the other one meanwhile waits for it.</summary>
    private static readonly TimeSpan SettlingMaximum = TimeSpan.FromSeconds(1);

    private readonly object _gate = new();
    private readonly IBlockFile _log;
    private readonly IBlockFile _data;
    private readonly long _areaBytes;
    private readonly string _name;
    private readonly Action<int> _failed;
    private readonly BlockBuffer _buffer = new(CommitLogFormat.RecordBytesMaximum);
    private readonly BlockBuffer _zeros = new(CommitLogFormat.BlockBytes);
    private readonly Guid _epoch = Guid.NewGuid();
    private Thread? _settler;
    private int _area;
    private long _position;
    private long _generation = 1;
    private long _sequence;
    private long _limit;
    private bool _settling;
    private bool _closed;
    private int _error;

    /// <param name="log">Opened so that a write returns when it is durable. Both areas are struck out.</param>
    /// <param name="data">The volume's own file, through the page cache.</param>
    /// <param name="failed">Called with the error when the data could not be settled, or the log not written; from then on nothing is appended.</param>
    public CommitLog(IBlockFile log, IBlockFile data, long areaBytes, string name, Action<int> failed)
    {
        (_log, _data, _areaBytes, _name, _failed) = (log, data, areaBytes, name, failed);
        _limit = Math.Min(LimitAtFirst, areaBytes);
    }

    /// <summary>It holds nothing that a replay would write.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_gate)
                return _position == 0 && !_settling;
        }
    }

    public static bool Takes(BlockRequest request) =>
        request is { Operation: BlockOperation.Write, Durable: true, LengthBytes: <= WriteBytesMaximum };

    /// <summary>Records every write of the batch. False: they may be durable or not, and are to be made so in their own places.</summary>
    public bool TryAppend(in RequestQueue batch)
    {
        var next = batch.First;
        while (next is not null)
        {
            if (!TryAppendRecord(ref next))
                return false;
        }
        return true;
    }

    /// <summary>Waits until the area that is being settled is struck out. After that nobody but the caller synchronises the data.</summary>
    /// <returns>0, or the error that ended the log.</returns>
    public int AwaitSettled()
    {
        lock (_gate)
        {
            while (_settling && _error == 0)
                Monitor.Wait(_gate);
            return _error;
        }
    }

    /// <summary>Empties the log, after <see cref="AwaitSettled"/> and a synchronisation of the data.</summary>
    /// <returns>0, or the error that ended the log.</returns>
    public int StrikeOut()
    {
        if (_position == 0)
            return _error;
        var error = StrikeOut(_area);
        if (error != 0)
            return Fail(error);
        Begin(_area);
        return 0;
    }

    /// <summary>Leaves an empty log behind, or, when it has failed, one to be replayed. The data is still open.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
        _settler?.Join();
        if (_error == 0 && _position > 0 && _data.Sync() == 0)
            StrikeOut();
        _log.Dispose();
        _buffer.Free();
        _zeros.Free();
    }

    private bool TryAppendRecord(ref BlockRequest? next)
    {
        var header = _buffer.Slice(0, CommitLogFormat.BlockBytes);
        var (count, end) = (0, CommitLogFormat.BlockBytes);
        for (; next is not null && count < CommitLogFormat.EntriesMaximum; next = next.Next)
        {
            if (next.Operation == BlockOperation.Flush)
                continue;
            var length = (int)next.LengthBytes;
            if (end + length > _buffer.Capacity)
                break;
            if (FileTransfer.ReadAll(_data, next.OffsetBytes, _buffer.Address + end, length) != 0)
                return false;
            CommitLogFormat.WriteEntry(header, count++, next.OffsetBytes, length);
            end += length;
        }
        if (count == 0)
            return true;
        var data = _buffer.Slice(CommitLogFormat.BlockBytes, CommitLogFormat.Padded(end) - CommitLogFormat.BlockBytes);
        data[(end - CommitLogFormat.BlockBytes)..].Clear();
        var record = CommitLogFormat.BlockBytes + data.Length;
        if (_position + record > Volatile.Read(ref _limit) && !TrySwitch())
            return false;
        CommitLogFormat.WriteRecordHeader(header, new CommitRecord(_epoch, _generation, _sequence, count, data.Length, Crc32C.Compute(data)));
        var written = _log.Write(CommitLogFormat.AreaStart(_area, _areaBytes) + _position, _buffer.Address, record, cachedOnly: false);
        if (written != record)
        {
            Fail(written < 0 ? -written : Errno.EIO);
            return false;
        }
        _position += record;
        _sequence++;
        return true;
    }

    /// <summary>Has the full area settled and goes on in the other one, once that is struck out.</summary>
    private bool TrySwitch()
    {
        if (AwaitSettled() != 0)
            return false;
        lock (_gate)
        {
            _settling = true;
            Begin(1 - _area);
            if (_settler is null)
            {
                _settler = new Thread(SettleAreas, 256 * 1024) { IsBackground = true, Name = $"settle {_name}" };
                _settler.Start();
            }
            Monitor.PulseAll(_gate);
        }
        return true;
    }

    private void Begin(int area)
    {
        _area = area;
        _generation++;
        _position = _sequence = 0;
    }

    private void SettleAreas()
    {
        while (true)
        {
            int area;
            lock (_gate)
            {
                while (!_settling || _error != 0)
                {
                    if (_closed)
                        return;
                    Monitor.Wait(_gate);
                }
                area = 1 - _area;
            }
            var start = Stopwatch.GetTimestamp();
            var error = -_data.Sync();
            if (error == 0)
                error = StrikeOut(area);
            if (error != 0)
                Fail(error);
            else
                Adapt(Stopwatch.GetElapsedTime(start));
            lock (_gate)
            {
                // After an error it never ends: the area is still there to be replayed.
                _settling = error != 0;
                Monitor.PulseAll(_gate);
            }
        }
    }

    private void Adapt(TimeSpan took)
    {
        if (took > SettlingMaximum)
            Volatile.Write(ref _limit, Math.Max(_limit / 2, CommitLogFormat.RecordBytesMaximum));
        else if (took < SettlingMaximum / 4)
            Volatile.Write(ref _limit, Math.Min(_limit * 2, _areaBytes));
    }

    private int StrikeOut(int area)
    {
        var written = _log.Write(CommitLogFormat.AreaStart(area, _areaBytes), _zeros.Address, CommitLogFormat.BlockBytes, cachedOnly: false);
        return written == CommitLogFormat.BlockBytes ? 0 : written < 0 ? -written : Errno.EIO;
    }

    private int Fail(int error)
    {
        lock (_gate)
        {
            if (_error != 0)
                return _error;
            _error = error;
            Monitor.PulseAll(_gate);
        }
        _failed(error);
        return error;
    }
}
