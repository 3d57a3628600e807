using Futago.Engine.Contracts;
using Futago.Management.Targets;

namespace Futago.Management.Tests.Targets;

public sealed class AccessAddressTests
{
    [Theory]
    [InlineData("127.0.0.0/8", "127.0.0.0/8")]
    [InlineData("10.77.0.5/24", "10.77.0.0/24")]
    [InlineData("10.77.0.5/20", "10.77.0.0/20")]
    [InlineData("255.255.255.255/1", "128.0.0.0/1")]
    [InlineData("10.77.0.5", "10.77.0.5")]
    [InlineData(" 10.77.0.5/32 ", "10.77.0.5")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("all", "ALL")]
    [InlineData("FD00::1/64", "fd00::/64")]
    [InlineData("fd00:0:0::1", "fd00::1")]
    [InlineData("::ffff:10.0.0.1", "10.0.0.1")]
    public void Check_Address_GetsItsCanonicalSpelling(string text, string canonical) => Assert.Equal(canonical, AccessAddress.Check(text));

    [Theory]
    [InlineData("10.1")]
    [InlineData("1")]
    [InlineData("010.0.0.1")]
    [InlineData("0x7f000001")]
    [InlineData("10.0.0.256")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("10.0.0.0/255.0.0.0")]
    [InlineData("fd00::/129")]
    [InlineData("fe80::1%eth0")]
    [InlineData("example.com")]
    [InlineData("")]
    public void Check_NoAddress_IsRefused(string text)
    {
        var problem = Refusal.Of(() => AccessAddress.Check(text));

        Assert.Equal((ProblemCodes.AccessRuleInvalid, "address"), (problem.Code, problem.Field));
    }
}
