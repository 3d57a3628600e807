using System.Globalization;
using Futago.Console.Client.Volumes;
using Futago.Console.Resources;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Snapshots;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Console.Components.Presentation;

/// <summary>What the engine says in a few words, in the person's language; in English when the engine is of before or says something new.</summary>
public static class PhraseText
{
    public static string Describe(Phrase phrase) =>
        PhrasesText.ResourceManager.GetString(KeyOf(phrase.Code), CultureInfo.CurrentUICulture) is { } template
            ? Sentence.Fill(template, ReasonText.Translate(phrase.Args)) ?? phrase.Text
            : phrase.Text;

    /// <summary>Who uses the volume, one entry each.</summary>
    public static IReadOnlyList<string> Users(VolumeInfo volume) => All(volume.Users, volume.UsedBy);

    /// <inheritdoc cref="Users(VolumeInfo)"/>
    public static IReadOnlyList<string> Users(SnapshotInfo snapshot) => All(snapshot.Users, snapshot.UsedBy);

    /// <inheritdoc cref="Users(VolumeInfo)"/>
    public static IReadOnlyList<string> Users(DeletionPreview preview) => All(preview.Users, preview.UsedBy);

    /// <summary>What is on the unit, or what the system does with it; null when it is empty.</summary>
    public static string? Content(UnitInfo unit) => unit.ContentPhrase is { } phrase ? Describe(phrase) : unit.Content;

    /// <summary><c>used-by.target</c> → <c>Phrase_UsedByTarget</c>.</summary>
    public static string KeyOf(string code) => "Phrase_" + CodeKey.Pascal(code);

    private static IReadOnlyList<string> All(IReadOnlyList<Phrase>? phrases, IReadOnlyList<string> english) =>
        phrases is null ? english : [.. phrases.Select(Describe)];
}
