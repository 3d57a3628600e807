using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Futago.Console.Tests.Resources;

/// <summary>Words on pages come from the resource files: no text node and no label attribute of a component spells one out.</summary>
public sealed partial class RazorLiteralsTests
{
    // Names that are the same in every language, and examples of what to type.
    private static readonly HashSet<string> Allowed = ["Futago", "iSCSI", "LUN", "CHAP", "ISID", "TSIH", "GiB", "iqn.1991-05.com.microsoft:pc01"];

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Components(), "*.razor", SearchOption.AllDirectories)
        .Where(f => Path.GetFileName(f) != "_Imports.razor").Select(f => Path.GetRelativePath(Components(), f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Component_SpellsOutNoText(string file)
    {
        var words = Words(File.ReadAllText(Path.Combine(Components(), file)));

        Assert.DoesNotContain(words, word => !Allowed.Contains(word));
    }

    [Theory]
    [InlineData("<p>Hello</p>", true)]
    [InlineData("<p>@Text.Hello</p>", false)]
    [InlineData("<p>@Sentence.Of(Text.Hello, name) · @(a ? b : c)</p>", false)]
    [InlineData("<X Title=\"Hello\" />", true)]
    [InlineData("<X Title=\"@Text.Hello\" />", false)]
    public void Scan_FindsWhatItIsFor(string markup, bool found)
    {
        var words = Words(markup);

        Assert.Equal(found, words.Count > 0);
    }

    // What is left after code blocks, comments, control statements and expressions are taken away; a badge's label is an object.
    private static List<string> Words(string source)
    {
        var code = source.IndexOf("\n@code", StringComparison.Ordinal);
        var markup = CommentBlock().Replace(code < 0 ? source : source[..code], "");
        markup = Badge().Replace(CodeLine().Replace(markup, ""), "");
        markup = Expression().Replace(markup, "");
        var labels = LabelAttribute().Matches(markup).Select(m => m.Groups[1].Value).ToList();
        var nodes = TextNode().Matches(AnyAttribute().Replace(markup, "")).Select(m => m.Groups[1].Value);
        return [.. labels.Concat(nodes).SelectMany(text => Word().Matches(text).Select(m => m.Value))];
    }

    private static string Components([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "../../../src/Futago.Console/Components"));

    [GeneratedRegex(@">([^<>]*)<", RegexOptions.Singleline)]
    private static partial Regex TextNode();

    [GeneratedRegex(@"\b(?:Title|Text|Label|Help|Placeholder|SubmitLabel|ActionLabel|aria-label|placeholder|title|alt)=""([^""]+)""")]
    private static partial Regex LabelAttribute();

    [GeneratedRegex(@"@\((?>[^()]|\((?<d>)|\)(?<-d>))*\)|@[A-Za-z_][\w.]*(?:\[[^\]]*\])?(?:\((?>[^()]|\((?<e>)|\)(?<-e>))*\))?(?:\??\.\w+(?:\([^)]*\))?)*")]
    private static partial Regex Expression();

    [GeneratedRegex("=\"[^\"]*\"")]
    private static partial Regex AnyAttribute();

    [GeneratedRegex("<StateBadge[^>]*/>")]
    private static partial Regex Badge();

    [GeneratedRegex(@"\p{L}[\p{L}\d.:-]+")]
    private static partial Regex Word();

    [GeneratedRegex(@"@\*.*?\*@|<!--.*?-->", RegexOptions.Singleline)]
    private static partial Regex CommentBlock();

    [GeneratedRegex(@"^[ \t]*(?:@(?:if|foreach|for|switch|using|inject|inherits|attribute|typeparam|layout|implements)\b.*|else\b.*|case .*|default:.*|break;.*|var .*;|[{}])[ \t]*$", RegexOptions.Multiline)]
    private static partial Regex CodeLine();
}
