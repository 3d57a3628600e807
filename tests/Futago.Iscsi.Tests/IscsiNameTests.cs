using Futago.Iscsi.Names;

namespace Futago.Iscsi.Tests;

/// <summary>Names, RFC 7143 section 4.2.7 and RFC 3722.</summary>
public sealed class IscsiNameTests
{
    [Theory]
    [InlineData("iqn.2026-01.example.futago:t0", "iqn.2026-01.example.futago:t0")]
    [InlineData("iqn.2026-01.Example.Futago:T0", "iqn.2026-01.example.futago:t0")]
    [InlineData("IQN.2026-12.com.example", "iqn.2026-12.com.example")]
    [InlineData("iqn.2001-04.jp.example:ディスク", "iqn.2001-04.jp.example:ディスク")]
    [InlineData("eui.02004567A425678D", "eui.02004567a425678d")]
    [InlineData("naa.52004567BA64678D", "naa.52004567ba64678d")]
    [InlineData("naa.62004567BA64678D0123456789ABCDEF", "naa.62004567ba64678d0123456789abcdef")]
    public void Parse_ValidName_IsNormalised(string text, string normal)
    {
        Assert.True(IscsiName.TryParse(text, out var name));
        Assert.Equal(normal, name);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("iqn.")]
    [InlineData("iqn.2026-01")]
    [InlineData("iqn.2026-01.")]
    [InlineData("iqn.2026-13.example.futago")]
    [InlineData("iqn.2026-00.example.futago")]
    [InlineData("iqn.26-01.example.futago:t0")]
    [InlineData("iqn.2026-01.example.futago:")]
    [InlineData("iqn.2026-01..futago:t0")]
    [InlineData("iqn.2026-01.-a.futago:t0")]
    [InlineData("iqn.2026-01.example.futago:a b")]
    [InlineData("iqn.2026-01.example.futago:a_b")]
    [InlineData("iqn.2026-01.example.futago:a/b")]
    [InlineData("iqn.2026-01.example.futago:a\0b")]
    [InlineData("eui.02004567A425678")]
    [InlineData("eui.02004567A425678G")]
    [InlineData("naa.52004567BA64678D00")]
    [InlineData("wwn.52004567BA64678D")]
    public void Parse_InvalidName_IsRefused(string? text) => Assert.False(IscsiName.TryParse(text, out _));

    [Theory]
    [InlineData(223, true)]
    [InlineData(224, false)]
    public void Parse_Length_IsCountedInBytes(int length, bool valid)
    {
        var text = "iqn.2026-01.example.futago:" + new string('a', length - 27);

        Assert.Equal(valid, IscsiName.TryParse(text, out _));
        Assert.False(IscsiName.TryParse("iqn.2026-01.example.futago:" + new string('あ', 70), out _));
    }

    [Theory]
    [InlineData("iqn.1991-05.com.microsoft:my_host", true)]
    [InlineData("iqn.1991-05.com.microsoft:my host", false)]
    [InlineData("host", false)]
    public void ParseInitiator_NamesOfRealHosts_AreLetThrough(string text, bool valid) =>
        Assert.Equal(valid, IscsiName.TryParseInitiator(text, out _));
}
