namespace Futago.Console.Components.Presentation;

/// <param name="DisabledReason">Why it cannot be chosen; null when it can.</param>
public sealed record Choice<TValue>(TValue Value, string Title, string? Text = null, string? DisabledReason = null);
