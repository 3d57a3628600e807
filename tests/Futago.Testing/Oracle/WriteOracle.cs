using System.Buffers.Binary;
using System.Security.Cryptography;
using Futago.Testing.Libiscsi;

namespace Futago.Testing.Oracle;

/// <summary>
/// Remembers, outside the node, what was written where and what was acknowledged, and checks what is read against it.
/// A block is 4 KiB and carries its own address, the number of its write and a hash of both. Of the writes to one block only one
/// is in flight at a time, so after any crash a block must hold the last acknowledged write, or the one whose answer never came.
/// </summary>
public sealed class WriteOracle(int blocks, int seed)
{
    public const int BlockBytes = 4096;

    private readonly Random _random = new(seed);
    private readonly ulong[] _acknowledged = new ulong[blocks];
    private readonly ulong[] _pending = new ulong[blocks];
    private readonly List<string> _violations = [];
    private ulong _lastNumber;

    public long Acknowledged { get; private set; }

    public IReadOnlyList<string> Violations => _violations;

    /// <summary>Writes random blocks until the session breaks or <paramref name="stop"/> says so; keeps the queue full.</summary>
    /// <param name="giveUp">The initiator waits no longer for answers; null: it waits for all of them.</param>
    public void WriteUntilBroken(LibiscsiSession session, Func<bool> stop, Func<bool>? giveUp = null)
    {
        while (!session.Broken && !stop() && giveUp?.Invoke() != true)
        {
            while (session.CanSubmit && Choose() is { } block)
                Submit(session, block);
            session.Pump(50);
        }
        // Settle what was answered before the stop; what is lost with a broken session stays pending: unknown.
        while (!session.Broken && session.InFlight > 0 && giveUp?.Invoke() != true)
            session.Pump(50);
    }

    /// <summary>Reads every block that was ever written and notes each that holds neither of the permitted contents.</summary>
    /// <returns>False when the session broke before all was read.</returns>
    public bool Verify(LibiscsiSession session)
    {
        for (var block = 0; block < blocks && !session.Broken;)
        {
            while (session.CanSubmit && block < blocks)
            {
                var current = block++;
                if (_acknowledged[current] != 0 || _pending[current] != 0)
                    session.Read((ulong)current * BlockBytes, data => Check(current, data));
            }
            session.Pump(50);
        }
        while (!session.Broken && session.InFlight > 0)
            session.Pump(50);
        return !session.Broken;
    }

    private int? Choose()
    {
        for (var attempt = 0; attempt < 64; attempt++)
        {
            var block = _random.Next(blocks);
            if (_pending[block] == 0)
                return block;
        }
        return null;
    }

    private void Submit(LibiscsiSession session, int block)
    {
        var number = ++_lastNumber;
        _pending[block] = number;
        session.Write((ulong)block * BlockBytes, data => Stamp(data, block, number), good =>
        {
            if (!good)
                return;
            _acknowledged[block] = number;
            _pending[block] = 0;
            Acknowledged++;
        });
    }

    private void Check(int block, ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
        {
            _violations.Add($"block {block} could not be read");
            return;
        }
        var number = BinaryPrimitives.ReadUInt64LittleEndian(data[8..]);
        var intact = number == 0 ? !data.ContainsAnyExcept((byte)0) : Matches(data, block, number);
        if (!intact)
            _violations.Add($"block {block} is torn or holds another block's data");
        else if (number != _acknowledged[block] && (number != _pending[block] || number == 0))
            _violations.Add($"block {block} holds write {number}; acknowledged was {_acknowledged[block]}, unanswered {_pending[block]}");
        // What was read is what the block holds from now on.
        _acknowledged[block] = number;
        _pending[block] = 0;
    }

    private static void Stamp(Span<byte> data, int block, ulong number)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(data, (ulong)block);
        BinaryPrimitives.WriteUInt64LittleEndian(data[8..], number);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(data[..16], hash);
        for (var offset = 16; offset < data.Length; offset += hash.Length)
            hash[..Math.Min(hash.Length, data.Length - offset)].CopyTo(data[offset..]);
    }

    private static bool Matches(ReadOnlySpan<byte> data, int block, ulong number)
    {
        Span<byte> expected = stackalloc byte[BlockBytes];
        Stamp(expected, block, number);
        return data.SequenceEqual(expected);
    }
}
