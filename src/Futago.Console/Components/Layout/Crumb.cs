namespace Futago.Console.Components.Layout;

/// <param name="Address">Null for a heading that is no page.</param>
public sealed record Crumb(string Text, string? Address);
