using System.Globalization;
using System.Runtime.InteropServices;
using Futago.Console.Components.Presentation;
using Futago.Console.Tests.Fakes;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Console.Tests.Presentation;

/// <summary>What the engine says in a few words, on a Japanese page.</summary>
public sealed class PhraseTextTests : IDisposable
{
    private static readonly Phrase Target = Phrase.Of(PhraseCodes.UsedByTarget, "target t0, LUN 12", ("target", "t0"), ("lun", "12"));

    private static readonly Dictionary<string, int> ErrorNumbers = new()
    {
        [PhraseCodes.Eperm] = 1,
        [PhraseCodes.Enoent] = 2,
        [PhraseCodes.Eio] = 5,
        [PhraseCodes.Enxio] = 6,
        [PhraseCodes.Enomem] = 12,
        [PhraseCodes.Eacces] = 13,
        [PhraseCodes.Ebusy] = 16,
        [PhraseCodes.Eexist] = 17,
        [PhraseCodes.Enodev] = 19,
        [PhraseCodes.Einval] = 22,
        [PhraseCodes.Enfile] = 23,
        [PhraseCodes.Emfile] = 24,
        [PhraseCodes.Efbig] = 27,
        [PhraseCodes.Enospc] = 28,
        [PhraseCodes.Erofs] = 30,
        [PhraseCodes.Epipe] = 32,
        [PhraseCodes.Eaddrinuse] = 98,
        [PhraseCodes.Eaddrnotavail] = 99,
        [PhraseCodes.Enetunreach] = 101,
        [PhraseCodes.Econnreset] = 104,
        [PhraseCodes.Etimedout] = 110,
        [PhraseCodes.Econnrefused] = 111,
        [PhraseCodes.Ehostunreach] = 113,
        [PhraseCodes.Edquot] = 122,
    };

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

    /// <summary>The words are those of this system, and a code without a number here, or words that the system has changed, are noticed.</summary>
    [Fact]
    public void SystemReasons_AreTheWordsOfTheSystem_AndTranslated()
    {
        var codes = typeof(PhraseCodes).GetFields().Select(f => (string)f.GetRawConstantValue()!).Where(c => c.StartsWith("errno.", StringComparison.Ordinal));

        Assert.Equal(codes.Order(StringComparer.Ordinal), ErrorNumbers.Keys.Order(StringComparer.Ordinal));
        foreach (var (code, number) in ErrorNumbers)
        {
            var words = Marshal.GetPInvokeErrorMessage(number);
            Use("en");
            Assert.Equal(words, PhraseText.Describe(new Phrase(code, "")));
            Assert.Equal(words, ReasonText.TranslateSystem(words));
            Use("ja");
            Assert.Equal(PhraseText.Describe(new Phrase(code, "")), ReasonText.TranslateSystem(words));
            Assert.NotEqual(words, ReasonText.TranslateSystem(words));
        }
    }

    [Theory]
    [InlineData("No space left on device : '/data/unit0.img'", "デバイスに空き領域がありません : '/data/unit0.img'")]
    [InlineData("rsync: write failed on \"x\": No space left on device (28)", "rsync: write failed on \"x\": デバイスに空き領域がありません (28)")]
    [InlineData("input/output error", "入出力エラー")]
    [InlineData("Connection refused (10.77.0.2:7789)", "接続が拒否されました (10.77.0.2:7789)")]
    [InlineData("Too many open files in system", "ノード全体で開いているファイルが多すぎます")]
    [InlineData("some other program failed", "some other program failed")]
    public void SystemReasons_AreFoundWithinLongerTexts(string text, string expected)
    {
        Use("ja");

        Assert.Equal(expected, ReasonText.TranslateSystem(text));
    }

    [Fact]
    public void SystemReasons_OfProblemsEventsAndRuns_AreJapaneseOnJapanesePages()
    {
        Use("ja");
        Dictionary<string, string> args = new() { ["volume"] = "vg00/lv0000", ["reason"] = "Input/output error" };

        Assert.Equal("論理ボリューム vg00/lv0000 を使用できません: 入出力エラー。", ProblemText.Describe(new Problem(ProblemCodes.VolumeFailed, "English.", null, args)));
        Assert.Contains("入出力エラー", EventSentence.Describe(Sample.Event(1) with { Code = EventCodes.VolumeMountFailed, Args = args }), StringComparison.Ordinal);
        Assert.Equal(
            "調べられない内容 (許可がありません)",
            PhraseText.Describe(Phrase.Of(PhraseCodes.ContentUnexaminable, "content that cannot be examined (Permission denied)", ("reason", "Permission denied"))));
        Assert.Equal("データレプリケーションエージェントに接続できません (接続が拒否されました)。", TaskLabels.Detail("agent-unreachable", "The agent cannot be reached (Connection refused)."));
        Assert.Equal("データレプリケーションエージェントに接続できません。", TaskLabels.Detail("agent-unreachable", "The agent cannot be reached."));
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
