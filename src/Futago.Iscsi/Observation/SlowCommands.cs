namespace Futago.Iscsi.Observation;

/// <summary>
/// The slowest of a target's commands lately: the last ones of each order of magnitude, so that a flood of slow commands does not
/// push out the very slow ones. What is shorter than <see cref="Floor"/> is not looked at; no more than the command windows of the
/// sessions can come here in that time, which makes the lock cheap.
/// </summary>
internal sealed class SlowCommands
{
    public static readonly TimeSpan Floor = TimeSpan.FromMilliseconds(10);

    /// <summary>Commands kept of one order of magnitude.</summary>
    private const int Kept = 128;
    private static readonly TimeSpan _second = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _third = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Queue<RecordedCommand>[] _kept = [new(), new(), new()];

    public void Add(RecordedCommand command)
    {
        var queue = _kept[command.Total >= _third ? 2 : command.Total >= _second ? 1 : 0];
        lock (_gate)
        {
            if (queue.Count == Kept)
                queue.Dequeue();
            queue.Enqueue(command);
        }
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<RecordedCommand> List(TimeSpan threshold)
    {
        lock (_gate)
            return [.. _kept.SelectMany(queue => queue).Where(command => command.Total >= threshold).OrderByDescending(command => command.ArrivedAt + command.Total)];
    }
}
