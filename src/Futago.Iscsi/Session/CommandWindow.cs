namespace Futago.Iscsi.Session;

/// <summary>
/// CmdSN window of a session, RFC 7143 section 4.2.2.1. ExpCmdSN moves when commands arrive (under the session's gate), MaxCmdSN
/// when they end (any thread), so that at most <paramref name="size"/> commands are outstanding and neither ever moves back.
/// </summary>
internal sealed class CommandWindow(int size, uint firstCmdSn)
{
    private uint _expCmdSn = firstCmdSn;
    private uint _maxCmdSn = unchecked(firstCmdSn + (uint)size - 1);

    private int _maximumOutstanding;

    public int Size => size;

    /// <summary>Commands that have arrived and not ended.</summary>
    public int Outstanding => Math.Clamp(size - 1 - unchecked((int)(MaxCmdSn - ExpCmdSn)), 0, size);

    /// <summary>Most that there ever were.</summary>
    public int MaximumOutstanding => Volatile.Read(ref _maximumOutstanding);

    public uint ExpCmdSn => Volatile.Read(ref _expCmdSn);

    public uint MaxCmdSn => Volatile.Read(ref _maxCmdSn);

    /// <summary>Serial number arithmetic of RFC 1982, 32 bits.</summary>
    public bool Contains(uint cmdSn) => unchecked((int)(cmdSn - ExpCmdSn) >= 0 && (int)(MaxCmdSn - cmdSn) >= 0);

    /// <summary>The command with ExpCmdSN has arrived.</summary>
    public void Advance()
    {
        Volatile.Write(ref _expCmdSn, unchecked(_expCmdSn + 1));
        var outstanding = Outstanding;
        if (outstanding > _maximumOutstanding)
            Volatile.Write(ref _maximumOutstanding, outstanding);
    }

    /// <summary>A command has ended and makes room for another one.</summary>
    public void Complete() => Interlocked.Increment(ref _maxCmdSn);
}
