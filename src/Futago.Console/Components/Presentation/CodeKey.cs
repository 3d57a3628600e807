namespace Futago.Console.Components.Presentation;

/// <summary>Resource keys of the product's dotted codes.</summary>
public static class CodeKey
{
    /// <summary><c>volume.in-use</c> → <c>VolumeInUse</c>.</summary>
    public static string Pascal(string code) => string.Concat(
        code.Split('.', '-').Where(part => part.Length > 0).Select(part => char.ToUpperInvariant(part[0]) + part[1..]));
}
