namespace Futago.Engine.Contracts;

/// <summary>A few words about an object: who uses it, what is on it.</summary>
/// <param name="Code">See <see cref="PhraseCodes"/>. The UI translates by it; one that it does not know is shown as <paramref name="Text"/>.</param>
/// <param name="Text">The same in English: "target iqn…:t0, LUN 1".</param>
/// <param name="Args">Values that the words mention, by name; null when there are none.</param>
public sealed record Phrase(string Code, string Text, IReadOnlyDictionary<string, string>? Args = null)
{
    public static Phrase Of(string code, string text, params (string Name, string Value)[] args) =>
        new(code, text, args.Length == 0 ? null : args.ToDictionary(a => a.Name, a => a.Value));
}
