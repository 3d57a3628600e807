using System.Globalization;
using Futago.Console.Components.Presentation;

namespace Futago.Console.Tests.Presentation;

/// <summary>What the engine says in English words, on a Japanese page.</summary>
public sealed class EngineWordsTests : IDisposable
{
    private readonly CultureInfo _before = CultureInfo.CurrentUICulture;

    [Theory]
    [InlineData("target iqn.2026-01.example.futago:t0, LUN 12", "ターゲット iqn.2026-01.example.futago:t0、LUN 12")]
    [InlineData("share office", "共有 office")]
    [InlineData("volume replication replication1", "ボリュームレプリケーション replication1")]
    [InlineData("data replication evening", "データレプリケーション evening")]
    [InlineData("something new", "something new")]
    public void User_InJapanese_IsTranslated(string line, string expected)
    {
        Use("ja");

        Assert.Equal(expected, EngineWords.User(line));
    }

    [Theory]
    [InlineData("mounted at /", "マウント先 /")]
    [InlineData("partition sda1 mounted at /boot", "パーティション sda1: マウント先 /boot")]
    [InlineData("partition sda2 used as swap", "パーティション sda2: スワップとして使用中")]
    [InlineData("used by dm-0 (RAID, LVM or encryption)", "dm-0 が使用中 (RAID、LVM、または暗号化)")]
    [InlineData("ext4 file system", "ext4 ファイルシステム")]
    [InlineData("ext4 file system “backup”", "ext4 ファイルシステム “backup”")]
    [InlineData("swap space", "スワップ領域")]
    [InlineData("LVM physical volume", "LVM 物理ボリューム")]
    [InlineData("encrypted volume (LUKS)", "暗号化ボリューム (LUKS)")]
    [InlineData("RAID member (linux_raid_member)", "RAID メンバー (linux_raid_member)")]
    [InlineData("iso9660 signature", "iso9660 のシグネチャ")]
    [InlineData("signatures of several kinds", "複数の種類のシグネチャ")]
    [InlineData("partition table (GPT)", "パーティションテーブル (GPT)")]
    [InlineData("content that cannot be read (blkid ended with 4)", "読み取れない内容 (blkid ended with 4)")]
    [InlineData("a volume group that cannot be used: no document", "使用できないボリュームグループ: no document")]
    [InlineData("volume group “vg00”", "ボリュームグループ vg00")]
    [InlineData("something new", "something new")]
    public void Content_InJapanese_IsTranslated(string content, string expected)
    {
        Use("ja");

        Assert.Equal(expected, EngineWords.Content(content));
    }

    [Theory]
    [InlineData("partition sda1 mounted at /boot")]
    [InlineData("ext4 file system “backup”")]
    [InlineData("partition table (GPT)")]
    public void Content_InEnglish_StaysAsItIs(string content)
    {
        Use("en");

        Assert.Equal(content, EngineWords.Content(content));
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

    [Theory]
    [InlineData("The engine does not answer (The operation has timed out). It is starting or has stopped; data on disk is not affected.", "エンジンが応答しません")]
    [InlineData("The engine's status cannot be read (bad JSON).", "The engine's status cannot be read (bad JSON).")]
    public void LinkProblem_InJapanese_IsTranslatedWhenItIsTheUsualOne(string sentence, string expected)
    {
        Use("ja");

        Assert.StartsWith(expected, ProblemText.OfLink(sentence), StringComparison.Ordinal);
    }

    public void Dispose() => CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = _before;

    private static void Use(string name) => CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = new CultureInfo(name);
}
