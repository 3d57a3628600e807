using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Resources;
using System.Text.RegularExpressions;
using Futago.Console.Client.Events;
using Futago.Console.Client.Failover;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;

namespace Futago.Console.Tests.Resources;

/// <summary>No text is missing in either language.</summary>
public sealed partial class ResourceFilesTests
{
    private static readonly CultureInfo Japanese = new("ja");

    public static TheoryData<string> Areas => [.. Managers.Keys.Order(StringComparer.Ordinal)];

    private static Dictionary<string, ResourceManager> Managers { get; } = typeof(CommonText).Assembly.GetTypes()
        .Where(t => t.Namespace == typeof(CommonText).Namespace && t.GetProperty("ResourceManager", BindingFlags.Public | BindingFlags.Static) is not null)
        .ToDictionary(t => t.Name, t => (ResourceManager)t.GetProperty("ResourceManager", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!);

    [Fact]
    public void Areas_AreFound() => Assert.True(Managers.Count >= 14);

    [Theory]
    [MemberData(nameof(Areas))]
    public void Area_HasTheSameKeysInBothLanguages(string area)
    {
        var english = Texts(area, CultureInfo.InvariantCulture).Keys.Order(StringComparer.Ordinal);
        var japanese = Texts(area, Japanese).Keys.Order(StringComparer.Ordinal);

        Assert.Equal(english, japanese);
    }

    [Theory]
    [MemberData(nameof(Areas))]
    public void Area_HasNoEmptyText(string area)
    {
        Assert.DoesNotContain(Texts(area, CultureInfo.InvariantCulture), t => string.IsNullOrWhiteSpace(t.Value));
        Assert.DoesNotContain(Texts(area, Japanese), t => string.IsNullOrWhiteSpace(t.Value));
    }

    [Theory]
    [MemberData(nameof(Areas))]
    public void Area_HasTheSameNumberedPlacesInBothLanguages(string area)
    {
        var japanese = Texts(area, Japanese);

        foreach (var (key, english) in Texts(area, CultureInfo.InvariantCulture))
            Assert.True(Places(english).SetEquals(Places(japanese[key])), $"{area}.{key}: “{english}” / “{japanese[key]}”");
    }

    [Theory]
    [MemberData(nameof(Areas))]
    public void Area_JapaneseSentencesAreJapanese(string area)
    {
        // A sentence without a single Japanese character was forgotten; names and units stand for themselves.
        var forgotten = Texts(area, Japanese).Where(t => t.Value.Contains(' ', StringComparison.Ordinal) && t.Value.EndsWith('.') && !t.Value.Any(IsJapanese));

        Assert.Empty(forgotten);
    }

    [Fact]
    public void ProblemCodes_AreAllTranslated() => AssertTranslated(typeof(ProblemCodes), ProblemsText.ResourceManager, ProblemText.KeyOf);

    [Fact]
    public void PhraseCodes_AreAllTranslated() => AssertTranslated(typeof(PhraseCodes), PhrasesText.ResourceManager, PhraseText.KeyOf);

    [Fact]
    public void Phrases_HaveTheSameNamedPlacesInBothLanguages()
    {
        var japanese = Texts(nameof(PhrasesText), Japanese);

        foreach (var (key, english) in Texts(nameof(PhrasesText), CultureInfo.InvariantCulture))
            Assert.True(NamedPlaces(english).SetEquals(NamedPlaces(japanese[key])), $"{key}: “{english}” / “{japanese[key]}”");
    }

    [Fact]
    public void FailoverCheckCodes_AreAllTranslated() => AssertTranslated(typeof(FailoverCheckCodes), ProblemsText.ResourceManager, ProblemText.KeyOf);

    [Fact]
    public void EngineEventCodes_AreAllTranslated() => AssertTranslated(typeof(EventCodes), EventsText.ResourceManager, EventSentence.KeyOf);

    [Fact]
    public void ConsoleEventCodes_AreAllTranslated() => AssertTranslated(typeof(ConsoleEventCodes), EventsText.ResourceManager, EventSentence.KeyOf);

    private static void AssertTranslated(Type codes, ResourceManager texts, Func<string, string> keyOf)
    {
        var all = codes.GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!).ToList();
        var japanese = texts.GetResourceSet(Japanese, createIfNotExists: true, tryParents: false)!;

        Assert.NotEmpty(all);
        Assert.DoesNotContain(all, code => japanese.GetString(keyOf(code)) is null);
    }

    private static Dictionary<string, string> Texts(string area, CultureInfo culture) =>
        Managers[area].GetResourceSet(culture, createIfNotExists: true, tryParents: false)!
            .Cast<DictionaryEntry>().ToDictionary(e => (string)e.Key, e => (string)e.Value!);

    private static HashSet<string> Places(string text) => [.. NumberedPlace().Matches(text).Select(m => m.Value)];

    private static HashSet<string> NamedPlaces(string text) => [.. NamedPlace().Matches(text).Select(m => m.Value)];

    private static bool IsJapanese(char c) => c is >= '぀' and <= 'ヿ' or >= '一' and <= '鿿';

    [GeneratedRegex(@"\{\d+\}")]
    private static partial Regex NumberedPlace();

    [GeneratedRegex(@"\{[a-zA-Z]\w*\}")]
    private static partial Regex NamedPlace();
}
