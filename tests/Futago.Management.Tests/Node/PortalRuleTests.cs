using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;
using Futago.Management.Node;

namespace Futago.Management.Tests.Node;

public sealed class PortalRuleTests
{
    [Theory]
    [InlineData("0.0.0.0:3260", "0.0.0.0", 3260)]
    [InlineData("10.0.0.1:860", "10.0.0.1", 860)]
    [InlineData("[::]:3260", "::", 3260)]
    [InlineData("10.0.0.1", "10.0.0.1", 3260)]
    [InlineData("fd00::1", "fd00::1", 3260)]
    public void Parse_AddressAndPort_AreTaken(string text, string address, int port) =>
        Assert.Equal(new PortalConfiguration(address, port), PortalRule.Parse(text));

    [Theory]
    [InlineData("host:3260")]
    [InlineData("10.0.0.1:")]
    [InlineData("10.0.0.1:65536")]
    [InlineData("10.0.0.1:0")]
    [InlineData("224.0.0.1:3260")]
    [InlineData("255.255.255.255:3260")]
    [InlineData(":3260")]
    [InlineData("")]
    public void Parse_NoPortal_IsRefused(string text) => Assert.Equal(ProblemCodes.PortalInvalid, Refusal.Of(() => PortalRule.Parse(text)).Code);

    [Fact]
    public void Check_SamePortalTwice_IsRefused()
    {
        var problem = Refusal.Of(() => PortalRule.Check([new("10.0.0.1", 3260), new("10.0.0.1", 3260)]));

        Assert.Contains("twice", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_WildcardBesideAddressOfOnePort_IsRefused()
    {
        var problem = Refusal.Of(() => PortalRule.Check([new("10.0.0.1", 3260), new("0.0.0.0", 3260)]));

        Assert.Contains("all addresses", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_WildcardsOfBothFamiliesAndOtherPorts_AreTaken()
    {
        PortalConfiguration[] portals = [new("0.0.0.0", 3260), new("::", 3260), new("10.0.0.1", 3261)];

        Assert.Equal(portals, PortalRule.Check(portals));
    }

    [Fact]
    public void Check_NoPortalAtAll_IsRefused() => Assert.Equal(ProblemCodes.PortalInvalid, Refusal.Of(() => PortalRule.Check([])).Code);

    [Theory]
    [InlineData("nas-1", true)]
    [InlineData("-nas", false)]
    [InlineData("nas-", false)]
    [InlineData("na s", false)]
    [InlineData("", false)]
    [InlineData("nas.example", false)]
    public void NodeName_IsAHostNameLabel(string name, bool valid) => Assert.Equal(valid, NodeNameRule.IsValid(name));
}
