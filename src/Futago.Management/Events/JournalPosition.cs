namespace Futago.Management.Events;

/// <summary>How far the engine's journal has been copied. One row, moved in the transaction that stores the events.</summary>
public sealed class JournalPosition
{
    public const int SingleId = 1;

    public int Id { get; init; } = SingleId;

    public int Epoch { get; set; }

    /// <summary>Number of the last event stored; 0 before the first.</summary>
    public long LastNumber { get; set; }
}
