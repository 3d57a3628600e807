using Futago.Console.Components.Presentation;
using Futago.Console.Tests.Fakes;
using Futago.Engine.Contracts;

namespace Futago.Console.Tests.Presentation;

public sealed class StateLabelsTests
{
    [Theory]
    [InlineData(true, false, Tone.Good)]
    [InlineData(false, false, Tone.Neutral)]
    [InlineData(false, true, Tone.Bad)]
    public void Of_Lun_IsBadOnlyWhenItHasAProblem(bool online, bool hasProblem, Tone expected)
    {
        var target = Sample.Target() with { Luns = [Sample.Lun()] };
        var lun = Sample.Status(target).Luns[1] with
        {
            Online = online,
            Problem = hasProblem ? new Problem(ProblemCodes.VolumeFailed, "The volume cannot be read.") : null,
        };

        Assert.Equal(expected, StateLabels.Of(lun).Tone);
    }
}
