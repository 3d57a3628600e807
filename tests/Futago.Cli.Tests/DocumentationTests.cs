using System.CommandLine;
using Futago.Cli.Commands;

namespace Futago.Cli.Tests;

public class DocumentationTests
{
    private const string Marker = "<!-- reference -->\n";

    private static readonly string PagePath = Path.Combine(Checkout.Root, "docs", "cli.md");

    [Fact]
    public void Reference_InTheDocumentation_IsWhatTheCommandHas()
    {
        var page = File.ReadAllText(PagePath);
        var written = page[..(page.IndexOf(Marker, StringComparison.Ordinal) + Marker.Length)];
        var expected = $"{written}\n{ReferencePage.Write(CommandTree.Create(new GlobalOptions()))}";

        if (Environment.GetEnvironmentVariable("FUTAGO_WRITE_DOCS") == "1")
            File.WriteAllText(PagePath, page = expected);

        Assert.Equal(expected, page);
    }

    [Fact]
    public void Examples_InTheDocumentation_AreUnderstood()
    {
        var root = CommandTree.Create(new GlobalOptions());
        var examples = File.ReadLines(PagePath).Where(line => line.StartsWith("./futago ", StringComparison.Ordinal)).ToList();

        Assert.True(examples.Count > 10);
        Assert.All(examples, example =>
        {
            var parse = root.Parse(example["./futago ".Length..]);
            Assert.Empty(parse.Errors);
            Assert.IsType<Verb>(parse.CommandResult.Command);
        });
    }

    [Fact]
    public void Descriptions_OfEverything_AreSentences()
    {
        var root = CommandTree.Create(new GlobalOptions());

        var descriptions = root.Subcommands
            .Concat(Tree.Verbs(root).Select(verb => verb.Command))
            .SelectMany(command => command.Options.Cast<Symbol>().Concat(command.Arguments).Append(command))
            .ToList();

        Assert.All(descriptions, symbol => Assert.True(symbol.Description?.EndsWith('.') == true || symbol.Description?.EndsWith(')') == true, $"{symbol.Name}: {symbol.Description}"));
    }

    [Fact]
    public async Task Help_OfEveryVerb_Succeeds()
    {
        await using var cli = await CliFixture.StartAsync(console: false);
        var paths = Tree.Verbs(CommandTree.Create(new GlobalOptions())).Select(verb => verb.Path).ToList();

        foreach (var path in paths)
        {
            var run = await cli.RunAsync([.. path.Split(' '), "--help"]);

            Assert.Equal(ExitCode.Success, run.ExitCode);
            Assert.Contains("Usage:", run.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Completion_OfAPartOfANoun_SuggestsIt()
    {
        await using var cli = await CliFixture.StartAsync(console: false);

        var run = await cli.RunAsync(["[suggest:12]", "futago volum"]);

        Assert.Equal("volume\nvolume-replication", run.Output.Trim());
    }
}
