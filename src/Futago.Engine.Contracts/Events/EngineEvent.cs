namespace Futago.Engine.Contracts.Events;

public enum EventSeverity { Info, Warning, Error }

/// <summary>One entry of the engine's durable journal. Numbers start at 1, grow by one, and are never reused.</summary>
/// <param name="Code">Stable identifier such as <c>volume.created</c>; the UI translates by it.</param>
/// <param name="Object">What it is about (<c>vg00/lv0000</c>), or null.</param>
/// <param name="Text">English sentence.</param>
/// <param name="Args">Values in the sentence, by name.</param>
public sealed record EngineEvent(
    long Number,
    DateTimeOffset Time,
    EventSeverity Severity,
    string Code,
    string? Object,
    string Text,
    IReadOnlyDictionary<string, string>? Args = null);
