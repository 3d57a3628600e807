namespace Futago.Console.Components.Presentation;

/// <summary>How serious a shown state is. Never the only carrier: words and an icon say the same.</summary>
public enum Tone { Neutral, Good, Busy, Warning, Bad }
