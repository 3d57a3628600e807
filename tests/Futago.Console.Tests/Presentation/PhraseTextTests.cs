using System.Globalization;
using Futago.Console.Components.Presentation;
using Futago.Console.Tests.Fakes;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Console.Tests.Presentation;

/// <summary>What the engine says in a few words, on a Japanese page.</summary>
public sealed class PhraseTextTests : IDisposable
{
    private static readonly Phrase Target = Phrase.Of(PhraseCodes.UsedByTarget, "target t0, LUN 12", ("target", "t0"), ("lun", "12"));

    private readonly CultureInfo _before = CultureInfo.CurrentUICulture;

    public static TheoryData<string, string, (string, string)[]> Phrases => new()
    {
        { PhraseCodes.UsedByTarget, "ターゲット t0、LUN 12", [("target", "t0"), ("lun", "12")] },
        { PhraseCodes.UsedByShare, "共有 office", [("share", "office")] },
        { PhraseCodes.ContentMounted, "マウント先 /", [("partition", ""), ("place", "/")] },
        { PhraseCodes.ContentMounted, "パーティション sda1: マウント先 /boot", [("partition", "sda1"), ("place", "/boot")] },
        { PhraseCodes.ContentFileSystem, "ext4 ファイルシステム", [("type", "ext4"), ("label", "")] },
        { PhraseCodes.ContentFileSystem, "ext4 ファイルシステム “backup”", [("type", "ext4"), ("label", "backup")] },
        { PhraseCodes.ContentLvm, "LVM 物理ボリューム", [] },
    };

    [Theory]
    [MemberData(nameof(Phrases))]
    public void Describe_InJapanese_IsTranslated(string code, string expected, (string, string)[] args)
    {
        Use("ja");

        Assert.Equal(expected, PhraseText.Describe(Phrase.Of(code, "english", args)));
    }

    [Theory]
    [InlineData("used-by.something-new")]
    [InlineData(PhraseCodes.UsedByTarget)]
    public void Describe_NewCodeOrMissingArguments_ShowsTheEnglishWords(string code)
    {
        Use("ja");

        Assert.Equal("the English words", PhraseText.Describe(new Phrase(code, "the English words")));
    }

    [Fact]
    public void Users_OfAnOlderEngine_AreShownInEnglish()
    {
        Use("ja");

        Assert.Equal(["share office"], PhraseText.Users(Sample.Volume() with { UsedBy = ["share office"], Users = null }));
        Assert.Equal(["ターゲット t0、LUN 12"], PhraseText.Users(Sample.Volume() with { UsedBy = [Target.Text], Users = [Target] }));
        Assert.Equal(["share office"], PhraseText.Users(Sample.Snapshot() with { UsedBy = ["share office"], Users = null }));
    }

    [Fact]
    public void Content_OfAnOlderEngine_IsShownInEnglish()
    {
        Use("ja");
        var unit = Sample.Unit("/dev/sdc", UnitUse.ForeignData, "LVM physical volume");

        Assert.Equal("LVM physical volume", PhraseText.Content(unit));
        Assert.Equal("LVM 物理ボリューム", PhraseText.Content(unit with { ContentPhrase = Phrase.Of(PhraseCodes.ContentLvm, "LVM physical volume") }));
        Assert.Null(PhraseText.Content(Sample.Unit()));
    }

    [Fact]
    public void Reason_OfAProblem_IsTranslatedWhenItHasACode()
    {
        Use("ja");
        Dictionary<string, string> args = new() { ["task"] = "replication1", ["reason"] = "this node waits for the peer to connect" };
        var problem = new Problem(ProblemCodes.VolumeReplicationPeerUnreachable, "English.", null, args);

        Assert.Contains("this node waits", ProblemText.Describe(problem), StringComparison.Ordinal);
        args["reasonCode"] = PhraseCodes.ReasonWaitsForPeer;
        Assert.Equal("対向ノードに接続できません (対向ノードからの接続を待っています)。", ProblemText.Describe(problem));
        args["reasonCode"] = "reason.something-new";
        Assert.Contains("this node waits", ProblemText.Describe(problem), StringComparison.Ordinal);
    }

    [Fact]
    public void Duration_IsInThePersonsLanguage()
    {
        Use("ja");
        Assert.Equal("7 分 58 秒", TimeText.Duration(new TimeSpan(0, 7, 58)));
        Assert.Equal("2 日 3 時間", TimeText.Duration(new TimeSpan(2, 3, 4, 5)));

        Use("en");
        Assert.Equal("7 min 58 s", TimeText.Duration(new TimeSpan(0, 7, 58)));
    }

    public void Dispose() => CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = _before;

    private static void Use(string name) => CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = new CultureInfo(name);
}
