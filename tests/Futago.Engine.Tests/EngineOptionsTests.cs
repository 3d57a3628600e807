using Futago.Engine.Options;

namespace Futago.Engine.Tests;

/// <summary>The engine's command line.</summary>
public sealed class EngineOptionsTests
{
    private static readonly string[] _required = ["--data", "/d", "--socket", "/s", "--mount-root", "/m"];

    [Theory]
    [InlineData("0", 0)]
    [InlineData("60", 60)]
    [InlineData("1000", 1000)]
    public void IscsiSpin_InRange_IsTakenAsMicroseconds(string value, int microseconds) =>
        Assert.Equal(TimeSpan.FromMicroseconds(microseconds), EngineOptions.Parse([.. _required, "--iscsi-spin", value], out _)!.IscsiSpin);

    [Fact]
    public void IscsiSpin_NotGiven_IsLeftToTheMachine() => Assert.Null(EngineOptions.Parse(_required, out _)!.IscsiSpin);

    [Theory]
    [InlineData("1001")]
    [InlineData("-1")]
    [InlineData("1e2")]
    [InlineData("99999999999999999999")]
    public void IscsiSpin_OutOfRange_IsRefused(string value)
    {
        Assert.Null(EngineOptions.Parse([.. _required, "--iscsi-spin", value], out var errors));
        Assert.Equal("--iscsi-spin is a number from 0 to 1000", Assert.Single(errors));
    }
}
