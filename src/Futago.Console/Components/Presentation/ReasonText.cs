using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Futago.Console.Resources;
using Futago.Engine.Contracts;

namespace Futago.Console.Components.Presentation;

/// <summary>
/// The arguments of problems, events and phrases that say why, in the person's language. A reason of the product's own has a code beside it. What the
/// operating system said is found by its words, which are the same on every node: it comes through exceptions, programs, the peer and stored events,
/// often in the middle of a longer text, and would have to be told apart in each of these places otherwise.
/// </summary>
public static class ReasonText
{
    private const string Reason = "reason";
    private const string ReasonCode = "reasonCode";
    private const string ErrnoPrefix = "errno.";

    /// <summary>Of a program: what it said itself, within its reason.</summary>
    private const string Said = "said";

    private static readonly Dictionary<string, string> CodesByWords = typeof(PhraseCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (string)field.GetRawConstantValue()!)
        .Where(code => code.StartsWith(ErrnoPrefix, StringComparison.Ordinal))
        .ToDictionary(code => Words(code, CultureInfo.InvariantCulture), StringComparer.OrdinalIgnoreCase);

    // Longer ones first: some begin like others.
    private static readonly Regex Known = new(
        $"(?<![a-z])(?:{string.Join('|', CodesByWords.Keys.OrderByDescending(words => words.Length).Select(Regex.Escape))})(?![a-z])",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Compiled);

    /// <summary>The arguments, with those that are reasons translated.</summary>
    public static IReadOnlyDictionary<string, string>? Translate(IReadOnlyDictionary<string, string>? args)
    {
        if (args is null || !(args.ContainsKey(Reason) || args.ContainsKey(Said)))
            return args;
        Dictionary<string, string> translated = new(args);
        if (args.TryGetValue(Said, out var said))
            translated[Said] = TranslateSystem(said);
        if (args.TryGetValue(Reason, out var reason))
            translated[Reason] = args.TryGetValue(ReasonCode, out var code)
                ? PhraseText.Describe(new Phrase(code, TranslateSystem(reason), args.Where(a => a.Key != Reason).ToDictionary()))
                : TranslateSystem(reason);
        return translated;
    }

    /// <summary>A text with what the system said in it translated; the rest stays.</summary>
    public static string TranslateSystem(string text) =>
        CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en" ? text : Known.Replace(text, match => Words(CodesByWords[match.Value], CultureInfo.CurrentUICulture));

    /// <summary>What the system said, put into a Japanese sentence that leaves it out; the sentence alone when the text has nothing of it.</summary>
    public static string AddSystem(string sentence, string text) =>
        Known.Match(text) is { Success: true } match ? $"{sentence.TrimEnd('。')} ({Words(CodesByWords[match.Value], CultureInfo.CurrentUICulture)})。" : sentence;

    private static string Words(string code, CultureInfo culture) => PhrasesText.ResourceManager.GetString(PhraseText.KeyOf(code), culture)!;
}
