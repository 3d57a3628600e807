using Futago.Console.Client.Tasks;

namespace Futago.Management.Tasks;

/// <summary>Something that runs by a schedule or by hand. What it does is its kind's business, and so are its settings.</summary>
public sealed class ScheduledTask
{
    public Guid Id { get; init; } = Guid.NewGuid();

    /// <summary>Unique among all tasks.</summary>
    public required string Name { get; set; }

    public required TaskKind Kind { get; init; }

    /// <summary>Canonical spelling; null: only by hand.</summary>
    public string? Schedule { get; set; }

    public bool Enabled { get; set; } = true;

    /// <summary>The slot that is waited for; null while there is none. Kept, so that a console that was away knows what it missed.</summary>
    public DateTimeOffset? NextSlot { get; set; }

    /// <summary>JSON document of the kind.</summary>
    public required string Settings { get; set; }

    /// <summary>A secret of the kind, encrypted; null for none.</summary>
    public string? ProtectedSecret { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
}
