using Bunit;
using Futago.Console.Components.Controls;
using Futago.Console.Resources;
using Futago.Engine.Contracts;

namespace Futago.Console.Tests.Controls;

/// <summary>What a page shows while its data are not there.</summary>
public sealed class LoadStateTests : PageContext
{
    private int _retries;

    [Fact]
    public void NotRead_SaysThatItIsReading()
    {
        var state = RenderState(null, loaded: false);

        Assert.Equal(CommonText.Reading, state.Find("[role=status]").TextContent);
    }

    [Fact]
    public void Read_ShowsNothing()
    {
        var state = RenderState(null, loaded: true);

        Assert.Equal("", state.Markup.Trim());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Failed_SaysWhyAndTriesAgain_AlsoWhenThereIsOlderData(bool loaded)
    {
        var state = RenderState(new Problem(ProblemCodes.EngineUnreachable, "The engine does not answer."), loaded);

        Assert.Contains("The engine does not answer.", state.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Empty(state.FindAll("[role=status]"));
        state.Find("button").Click();
        Assert.Equal(1, _retries);
    }

    [Theory]
    [InlineData(ProblemCodes.Forbidden)]
    [InlineData(ProblemCodes.TargetNotFound)]
    public void Failed_ForGood_DoesNotOfferToTryAgain(string code)
    {
        var state = RenderState(new Problem(code, "No."), loaded: false);

        Assert.Contains("No.", state.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Empty(state.FindAll("button"));
    }

    private IRenderedComponent<LoadState> RenderState(Problem? problem, bool loaded) => Render<LoadState>(p => p
        .Add(c => c.Problem, problem)
        .Add(c => c.Loaded, loaded)
        .Add(c => c.OnRetry, () => _retries++));
}
