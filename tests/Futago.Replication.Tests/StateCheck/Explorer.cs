using System.Diagnostics;

namespace Futago.Replication.Tests.StateCheck;

/// <param name="Wrong">What was violated first, and the shortest way there; null if nothing was.</param>
/// <param name="Complete">Every state within the bound was seen.</param>
internal sealed record Explored(string? Wrong, long States, long Transitions, int Depth, bool Complete, int NodeStates, int CoreSteps);

/// <summary>
/// Breadth first through every <see cref="World"/> that can be reached: each is visited once, and compared whole. What led to it
/// first is remembered, so that a violation comes with the shortest sequence of events. A state that was seen with fewer faults
/// used up is not visited again with more of them: whatever can still happen after more faults can happen after fewer.
/// </summary>
internal sealed class Explorer(Bound bound, long statesMaximum, Action<string>? progress = null)
{
    private const int ChunkBits = 20;

    private readonly WorldSteps _steps = new(bound);
    private readonly List<UInt128[]> _states = [];
    private readonly List<uint[]> _parents = [];
    private uint[] _slots = new uint[1 << 16];
    private long _count;
    private long _transitions;

    public Explored Run()
    {
        var clock = Stopwatch.StartNew();
        var first = _steps.Begin();
        Add(first.Pack(), uint.MaxValue);
        string? wrong = null;
        var wrongAt = uint.MaxValue;
        World wrongState = default;
        long at = 0, endOfLevel = 1;
        var depth = 0;
        var nextReport = TimeSpan.FromSeconds(20);
        for (; at < _count && wrong is null && _count < statesMaximum; at++)
        {
            if (at == endOfLevel)
            {
                depth++;
                endOfLevel = _count;
            }
            if ((at & 0xffff) == 0 && clock.Elapsed > nextReport)
            {
                nextReport += TimeSpan.FromSeconds(20);
                progress?.Invoke($"{clock.Elapsed.TotalSeconds:F0} s: depth {depth}, {_count:N0} states, {_count - at:N0} to go, {_transitions:N0} transitions, {_steps.Nodes.Count:N0} node states, {_steps.Nodes.StepsTaken:N0} core steps, {_steps.Nodes.Frames.Count} rows, {GC.GetTotalMemory(false) >> 20} MiB");
            }
            var from = (uint)at;
            var world = World.Unpack(StateAt(at));
            var goesOn = _steps.Next(world, false, (next, violation, _) =>
            {
                _transitions++;
                if (violation is not null && wrong is null)
                    (wrong, wrongAt, wrongState) = (violation, from, next);
                else
                    Add(next.Pack(), from);
            });
            if (!goesOn && wrong is null && _steps.JudgeRest(world) is { } stuck)
                (wrong, wrongAt, wrongState) = (stuck, from, world);
        }
        progress?.Invoke($"{bound}: {_count:N0} states, {_transitions:N0} transitions, {depth} deep, {_steps.Nodes.Count:N0} node states, {_steps.Nodes.StepsTaken:N0} core steps, {clock.Elapsed.TotalSeconds:F1} s, {GC.GetTotalMemory(false) >> 20} MiB, {(at == _count && wrong is null ? "all" : "not all")}");
        return new Explored(wrong is null ? null : $"{wrong}\n{Way(wrongAt, wrongState)}", _count, _transitions, depth, at == _count && wrong is null, _steps.Nodes.Count, _steps.Nodes.StepsTaken);
    }

    private string Way(uint last, World end)
    {
        var way = new List<World> { end };
        for (var at = last; at != uint.MaxValue; at = _parents[(int)(at >> ChunkBits)][at & ((1 << ChunkBits) - 1)])
            way.Add(World.Unpack(StateAt(at)));
        way.Reverse();
        var lines = new List<string> { _steps.Describe(way[0]) };
        for (var i = 1; i < way.Count; i++)
        {
            var target = way[i].Pack();
            var label = "nothing goes on";
            _steps.Next(way[i - 1], true, (next, _, what) =>
            {
                if (next.Pack() == target)
                    label = what;
            });
            lines.Add($"{i,4}  {label}");
            lines.Add(_steps.Describe(way[i]));
        }
        return string.Join('\n', lines);
    }

    private UInt128 StateAt(long index) => _states[(int)(index >> ChunkBits)][index & ((1 << ChunkBits) - 1)];

    private void Add(UInt128 state, uint parent)
    {
        if (_count * 10 > (long)_slots.Length * 7)
            Grow();
        var mask = (uint)_slots.Length - 1;
        for (var slot = Hash(state) & mask; ; slot = (slot + 1) & mask)
        {
            if (_slots[slot] == 0)
            {
                _slots[slot] = (uint)_count + 1;
                Store(state, parent);
                return;
            }
            if (World.Covers(StateAt(_slots[slot] - 1L), state))
                return;
        }
    }

    private void Store(UInt128 state, uint parent)
    {
        if ((_count & ((1 << ChunkBits) - 1)) == 0)
        {
            _states.Add(new UInt128[1 << ChunkBits]);
            _parents.Add(new uint[1 << ChunkBits]);
        }
        _states[^1][_count & ((1 << ChunkBits) - 1)] = state;
        _parents[^1][_count & ((1 << ChunkBits) - 1)] = parent;
        _count++;
    }

    private void Grow()
    {
        _slots = new uint[(long)_slots.Length * 2];
        var mask = (uint)_slots.Length - 1;
        for (long i = 0; i < _count; i++)
        {
            var slot = Hash(StateAt(i)) & mask;
            while (_slots[slot] != 0)
                slot = (slot + 1) & mask;
            _slots[slot] = (uint)i + 1;
        }
    }

    private static uint Hash(UInt128 state)
    {
        state &= ~World.Faults;
        var mixed = ((ulong)(state >> 64) ^ (ulong)state * 0x9E3779B97F4A7C15) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ mixed >> 29) * 0x94D049BB133111EB;
        return (uint)(mixed >> 32);
    }
}
