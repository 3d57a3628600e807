using System.Globalization;
using Futago.Console.Resources;
using Futago.Engine.Contracts;

namespace Futago.Console.Components.Presentation;

/// <summary>Problems in the person's language.</summary>
public static class ProblemText
{
    /// <summary>
    /// In English the sentence that came with the problem, which is the most exact one; in other languages the translation
    /// by code, filled with the problem's arguments, and the English sentence only where there is no translation.
    /// </summary>
    public static string Describe(Problem problem)
    {
        if (CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en" && problem.Detail.Length > 0)
            return problem.Detail;
        return ByCode(problem.Code, problem.Args) ?? (problem.Detail.Length > 0 ? problem.Detail : problem.Code);
    }

    /// <summary>The translation of a code; null when there is none or it needs arguments that are missing.</summary>
    public static string? ByCode(string code, IReadOnlyDictionary<string, string>? args = null) =>
        ProblemsText.ResourceManager.GetString(KeyOf(code), CultureInfo.CurrentUICulture) is { } template
            ? Sentence.Fill(template, ReasonText.Translate(args))
            : null;

    /// <summary><c>volume.in-use</c> → <c>Problem_VolumeInUse</c>.</summary>
    public static string KeyOf(string code) => "Problem_" + CodeKey.Pascal(code);
}
