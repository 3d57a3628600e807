using Futago.Engine.Contracts;
using Futago.Management.Targets;

namespace Futago.Management.Tests.Targets;

public sealed class IscsiNameTests
{
    [Theory]
    [InlineData("iqn.2026-01.example.futago:t0")]
    [InlineData("iqn.2001-04.com.example")]
    [InlineData("iqn.2001-04.com.example:storage.tape1.sys1.xyz")]
    [InlineData("iqn.2001-12.com.e-xample.a:b:c")]
    [InlineData("eui.02004567a425678d")]
    [InlineData("naa.52004567ba64678d")]
    [InlineData("naa.62004567ba64678d0123456789abcdef")]
    public void Target_WellFormedName_IsTaken(string name) => Assert.Equal(name, IscsiName.CheckTarget(name));

    [Fact]
    public void Target_UpperCaseAndBlanks_AreNormalised() =>
        Assert.Equal("iqn.2026-01.example:t0", IscsiName.CheckTarget("  IQN.2026-01.Example:T0 "));

    [Theory]
    [InlineData("", "empty")]
    [InlineData("t0", "does not begin")]
    [InlineData("iqn", "date")]
    [InlineData("iqn.", "date")]
    [InlineData("iqn.2026", "date")]
    [InlineData("iqn.2026-1.example:t0", "date")]
    [InlineData("iqn.2026-13.example:t0", "13 is not a month")]
    [InlineData("iqn.2026-00.example:t0", "00 is not a month")]
    [InlineData("iqn.202a-01.example:t0", "date")]
    [InlineData("iqn.2026-01example:t0", "date")]
    [InlineData("iqn.2026-01.", "reversed domain")]
    [InlineData("iqn.2026-01.:t0", "reversed domain")]
    [InlineData("iqn.2026-01.-example:t0", "reversed domain")]
    [InlineData("iqn.2026-01.com..example:t0", "reversed domain")]
    [InlineData("iqn.2026-01.example:", "Nothing follows")]
    [InlineData("iqn.2026-01.example:a b", "a space")]
    [InlineData("iqn.2026-01.example:a_b", "“_”")]
    [InlineData("iqn.2026-01.example:a/b", "“/”")]
    [InlineData("iqn.2026-01.example:日本", "“日”")]
    [InlineData("iqn.2026-01.example:a\tb", "a control character")]
    [InlineData("eui", "16 hexadecimal")]
    [InlineData("eui.123", "16 hexadecimal")]
    [InlineData("eui.02004567a425678g", "16 hexadecimal")]
    [InlineData("naa.52004567ba64678d0", "16 or 32")]
    public void Target_MalformedName_IsRefusedWithTheReason(string name, string reason)
    {
        var problem = Refusal.Of(() => IscsiName.CheckTarget(name));

        Assert.Equal((ProblemCodes.TargetNameInvalid, "name"), (problem.Code, problem.Field));
        Assert.Contains(reason, problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Target_LongestName_IsTakenAndOneByteMoreIsNot()
    {
        const string prefix = "iqn.2026-01.example:";
        var longest = prefix + new string('a', IscsiName.LengthMax - prefix.Length);

        Assert.Equal(longest, IscsiName.CheckTarget(longest));
        Assert.Contains("223", Refusal.Of(() => IscsiName.CheckTarget(longest + "a")).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Initiator_NameWithUnderscore_IsTaken() =>
        Assert.Equal("iqn.1991-05.com.microsoft:pc_1", IscsiName.CheckInitiator("iqn.1991-05.com.microsoft:PC_1"));

    [Fact]
    public void Initiator_MalformedName_IsAnAccessRuleProblem()
    {
        var problem = Refusal.Of(() => IscsiName.CheckInitiator("pc1"));

        Assert.Equal((ProblemCodes.AccessRuleInvalid, "initiator"), (problem.Code, problem.Field));
    }
}
