using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Futago.Architecture.Tests;

/// <summary>One word per concept: the words that the glossary gives up for another do not come back in what people read.</summary>
public partial class GlossaryTests
{
    /// <summary>
    /// Left out are words with another, everyday meaning that the texts need: disk (an image file is one), system (a file system),
    /// export and import (of a volume group), client.
    /// </summary>
    private static readonly (string Never, string Instead)[] English =
    [
        ("servers?", "node"),
        ("appliances?", "node"),
        ("mirror servers?", "peer"),
        ("partners?", "peer"),
        ("clusters?", "pair"),
        ("drives?", "unit"),
        ("PVs?", "unit"),
        ("storage pools?|pool", "volume group"), // A volume group does pool space: the verb stays.
        ("LVs?", "logical volume"),
        ("checkpoints?", "snapshot"),
        ("I/O modes?", "I/O type"),
        ("extents?", "LUN"),
        ("ACLs?", "access rule"),
        ("backups?", "data replication"),
        ("sync jobs?", "data replication task"),
        ("masters?", "source"),
        ("slaves?", "destination"),
        ("VIPs?", "virtual IP"),
        ("floating IPs?", "virtual IP"),
        ("quorum servers?", "witness"),
        ("takeovers?", "failover"),
    ];

    private static readonly string[] Japanese = ["ボリューム複製", "データ複製", "実行元", "実行先", "コピー先", "プール", "チェックポイント", "クラスター"];

    /// <summary>Things of others, by their own names: an instruction for libvirt has to say what libvirt calls it.</summary>
    private static readonly string[] OthersNames = ["libvirt storage pool", "libvirt ストレージプール"];

    [Fact]
    public void CommandLine_Texts_UseTheGlossary()
    {
        var texts =
            from file in Repository.Files(".cs")
            where file.StartsWith("src/Futago.Cli/", StringComparison.Ordinal)
            from Match literal in StringLiteral().Matches(Repository.Read(file))
            select (file, literal.Value);

        Assert.NotEmpty(texts);
        Assert.Empty(Violations(texts, English.Select(word => word.Never)));
    }

    [Fact]
    public void CommandLine_Documentation_UsesTheGlossary()
    {
        var lines = Repository.Read("docs/cli.md").Split('\n').Where(line => !line.StartsWith("./futago", StringComparison.Ordinal));

        Assert.Empty(Violations(lines.Select(line => ("docs/cli.md", line)), English.Select(word => word.Never)));
    }

    [Fact]
    public void Resources_English_UseTheGlossary()
    {
        var texts = Resources(file => !file.EndsWith(".ja.resx", StringComparison.Ordinal));

        Assert.Empty(Violations(texts, English.Select(word => word.Never)));
    }

    [Fact]
    public void Resources_Japanese_UseTheGlossary()
    {
        var texts = Resources(file => file.EndsWith(".ja.resx", StringComparison.Ordinal)).ToList();

        var found = texts.Where(text => Japanese.Any(word => WithoutOthersNames(text.Text).Contains(word, StringComparison.Ordinal)));

        Assert.Empty(found);
    }

    [Fact]
    public void Scan_OfAForbiddenWord_FindsIt()
    {
        var found = Violations([("f", "Adds a drive to the pool.")], English.Select(word => word.Never));

        Assert.Equal(2, found.Count);
    }

    private static IEnumerable<(string File, string Text)> Resources(Func<string, bool> choose) =>
        from file in Repository.Files(".resx")
        where choose(file)
        from data in XDocument.Parse(Repository.Read(file)).Root!.Elements("data")
        select (file, (string)data.Element("value")!);

    private static List<string> Violations(IEnumerable<(string File, string Text)> texts, IEnumerable<string> never)
    {
        var patterns = never.Select(word => new Regex($@"(?<![\w.-])(?:{word})(?![\w-]|\.\w)", RegexOptions.IgnoreCase)).ToList();
        return
        [
            .. from text in texts
               from pattern in patterns
               let match = pattern.Match(WithoutOthersNames(text.Text))
               where match.Success
               select $"{text.File}: “{match.Value}” in {text.Text}",
        ];
    }

    private static string WithoutOthersNames(string text) =>
        OthersNames.Aggregate(text, (rest, name) => rest.Replace(name, "", StringComparison.OrdinalIgnoreCase));

    /// <summary>Ordinary and interpolated strings that hold a space: what people read, not names and formats.</summary>
    [GeneratedRegex("\"(?:[^\"\\\\\\n]|\\\\.)* (?:[^\"\\\\\\n]|\\\\.)*\"")]
    private static partial Regex StringLiteral();
}
