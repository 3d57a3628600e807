using Futago.Engine.Contracts;

namespace Futago.Console.Components.Presentation;

/// <summary>Sizes within sentences of a narrow column.</summary>
public static class SizeText
{
    /// <summary>The line breaks before the number, not between it and its unit.</summary>
    public static string Unbroken(long bytes) => ByteSize.Format(bytes).Replace(' ', '\u00A0');
}
