namespace Futago.Console.Components.Presentation;

/// <summary>A state in words, colour and icon.</summary>
public sealed record StateLabel(string Text, Tone Tone, string Icon);
