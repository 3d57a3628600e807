namespace Futago.Blocks.Tests;

public sealed class TrialsTests
{
    [Fact]
    public void InVain_ComeEverMoreRarely_UntilOneHelped()
    {
        var trials = new Trials();
        Assert.Equal([0, 1, 2, 4, 8, 16, 32, 64, 64], Enumerable.Range(0, 9).Select(_ => PauseBeforeNext(helped: false)));

        Assert.Equal(64, PauseBeforeNext(helped: true));
        Assert.Equal(0, PauseBeforeNext(helped: true));

        int PauseBeforeNext(bool helped)
        {
            var pause = 0;
            while (!trials.IsDue())
                pause++;
            trials.Ended(helped);
            return pause;
        }
    }
}
