namespace Futago.Management.Events;

/// <summary>Where an event comes from, as stored and as in the API.</summary>
public static class EventSource
{
    public const string Engine = "engine";
    public const string Console = "console";
    public const string Audit = "audit";

    public static bool IsKnown(string source) => source is Engine or Console or Audit;
}
