using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Futago.Replication.Tests.StateCheck;

/// <param name="Wrong">What was violated first, and the shortest way there; null if nothing was.</param>
/// <param name="Complete">Every state within the bound was seen.</param>
internal sealed record Explored(string? Wrong, long States, long Transitions, int Depth, bool Complete, int NodeStates, int CoreSteps);

/// <summary>
/// Breadth first through every <see cref="World"/> that can be reached, with all processors: each is visited once, and compared whole. A state
/// that was seen with less of the bound used up is not visited again with more. A violation comes with the shortest sequence of events,
/// found backwards from level to level.
/// </summary>
internal sealed class Explorer(Bound bound, long statesMaximum, Action<string>? progress = null)
{
    private const int BatchStates = 4096;

    private static readonly TimeSpan _reportEvery = TimeSpan.FromSeconds(20);

    private readonly WorldSteps _steps = new(bound);
    private readonly Lock _gate = new();

    /// <summary>Where each level begins in the log.</summary>
    private readonly List<long> _levels = [0];

    private long _at;
    private long _transitions;
    private volatile Violation? _violation;

    private sealed record Violation(string What, UInt128 From, World State);

    public Explored Run()
    {
        var clock = Stopwatch.StartNew();
        using var seen = new StateSet();
        using var log = new StateLog();
        var first = _steps.Begin().Pack();
        seen.TryAdd(first);
        log.Add([first]);
        using (new Timer(_ => Report(clock, log, "under way"), null, _reportEvery, _reportEvery))
        {
            while (_levels[^1] < log.Count && _violation is null && log.Count < statesMaximum)
            {
                var end = log.Count;
                seen.MakeRoom(end);
                Parallel.For(0, Environment.ProcessorCount, _ => Visit(end, seen, log));
                _levels.Add(end);
            }
        }
        var complete = _levels[^1] == log.Count && _violation is null;
        Report(clock, log, complete ? "all" : "not all");
        var wrong = _violation is { } v ? $"{v.What}\n{Way(v, log)}" : null;
        return new Explored(wrong, log.Count, _transitions, _levels.Count - 1, complete, _steps.Nodes.Count, _steps.Nodes.StepsTaken);
    }

    /// <summary>One thread's share of a level.</summary>
    private void Visit(long end, StateSet seen, StateLog log)
    {
        var batch = new UInt128[BatchStates];
        var found = new List<UInt128>();
        long transitions = 0;
        while (_violation is null && log.Count < statesMaximum)
        {
            int count;
            lock (_gate)
            {
                count = (int)Math.Min(BatchStates, end - _at);
                log.Read(_at, batch.AsSpan(0, count));
                _at += count;
            }
            if (count == 0)
                break;
            foreach (var state in batch.AsSpan(0, count))
            {
                var world = World.Unpack(state);
                var goesOn = _steps.Next(world, false, (next, violation, _) =>
                {
                    transitions++;
                    if (violation is not null)
                        Found(new Violation(violation, state, next));
                    else if (next.Pack() is var packed && seen.TryAdd(packed))
                        found.Add(packed);
                });
                if (!goesOn && _steps.JudgeRest(world) is { } stuck)
                    Found(new Violation(stuck, state, world));
            }
            log.Add(CollectionsMarshal.AsSpan(found));
            found.Clear();
        }
        Interlocked.Add(ref _transitions, transitions);
    }

    private void Found(Violation violation)
    {
        lock (_gate)
            _violation ??= violation;
    }

    private void Report(Stopwatch clock, StateLog log, string how) => progress?.Invoke(
        $"{bound}: {clock.Elapsed.TotalSeconds:F0} s, {_levels.Count - 1} deep, {log.Count:N0} states, {log.Count - _at:N0} to go, {_transitions:N0} transitions, {_steps.Nodes.Count:N0} node states, {_steps.Nodes.StepsTaken:N0} core steps, {_steps.Nodes.Frames.Count} rows, {Environment.WorkingSet >> 20} MiB, {how}");

    private string Way(Violation violation, StateLog log)
    {
        var way = new List<World> { violation.State, World.Unpack(violation.From) };
        // It was found in the last level that was visited; behind that, another one begins.
        for (var level = _levels.Count - 3; level >= 0; level--)
            way.Add(World.Unpack(Before(way[^1].Pack(), level, log)));
        way.Reverse();
        var lines = new List<string> { _steps.Describe(way[0]) };
        for (var i = 1; i < way.Count; i++)
        {
            lines.Add($"{i,4}  {Label(way[i - 1], way[i].Pack()) ?? "nothing goes on"}");
            lines.Add(_steps.Describe(way[i]));
        }
        return string.Join('\n', lines);
    }

    private UInt128 Before(UInt128 state, int level, StateLog log) => Within(level, log).First(from => Label(World.Unpack(from), state) is not null);

    private string? Label(World from, UInt128 to)
    {
        string? label = null;
        _steps.Next(from, true, (next, _, what) =>
        {
            if (next.Pack() == to)
                label = what;
        });
        return label;
    }

    private IEnumerable<UInt128> Within(int level, StateLog log)
    {
        var end = _levels[level + 1];
        var batch = new UInt128[BatchStates];
        for (var at = _levels[level]; at < end;)
        {
            var count = (int)Math.Min(BatchStates, end - at);
            log.Read(at, batch.AsSpan(0, count));
            at += count;
            for (var i = 0; i < count; i++)
                yield return batch[i];
        }
    }
}
