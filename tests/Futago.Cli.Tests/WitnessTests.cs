using Futago.Failover;

namespace Futago.Cli.Tests;

public class WitnessTests
{
    private static readonly Guid Pair = new("11111111-2222-3333-4444-555555555555");
    private static readonly Guid Node = new(1, 0, 0, new byte[8]);
    private static readonly Guid Other = new(2, 0, 0, new byte[8]);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Killed at any instant, it has what it said, or what it was asked and did not say yet; and it waits before it gives another lease.</summary>
    [Fact]
    public async Task Killed_NothingThatWasAnsweredIsLost()
    {
        var directory = Directory.CreateTempSubdirectory("futago-witness-").FullName;
        var key = PairKey.Create();
        ulong answered = 0, asked = 0;
        for (var round = 0; round < 3; round++)
        {
            using var witness = await WitnessProcess.StartAsync(directory, Stop);
            using var client = new WitnessClient(witness.EndPoint, key, Pair, Node, TimeProvider.System, null);
            if (round > 0)
            {
                var kept = await client.AskAsync(new WitnessRequest(Node, WitnessOperation.Query, 0, 0, false, false, 8000), Patience, Stop);
                Assert.InRange(kept!.Term, answered, asked);
                Assert.Equal(Node, kept.Holder);
                Assert.InRange(kept.RemainingMs, 1, 60_000);
                using var other = new WitnessClient(witness.EndPoint, key, Pair, Other, TimeProvider.System, client.PublicKey);
                var refused = await other.AskAsync(new WitnessRequest(Other, WitnessOperation.Acquire, kept.Term, kept.Term + 1, false, false, 8000), Patience, Stop);
                Assert.Equal(WitnessResult.HolderAlone, refused!.Result);
                answered = asked = kept.Term;
            }
            for (var i = 0; i < 10 + round; i++)
            {
                var reply = await client.AskAsync(Acquire(answered, ++asked), Patience, Stop);
                Assert.Equal(WitnessResult.Done, reply!.Result);
                answered = asked;
            }
            var last = client.AskAsync(Acquire(answered, ++asked), Patience, Stop);
            witness.Kill();
            answered = (await last)?.Term ?? answered;
        }
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Terminated_EndsInOrder()
    {
        var directory = Directory.CreateTempSubdirectory("futago-witness-").FullName;
        using var witness = await WitnessProcess.StartAsync(directory, Stop);

        Assert.Equal(ExitCode.Success, await witness.TerminateAsync(Stop));
        Directory.Delete(directory, recursive: true);
    }

    [Theory]
    [InlineData("nonsense", "--listen takes an address of this machine and a port, as in 192.0.2.3:7791, not nonsense.", ExitCode.Usage)]
    [InlineData("192.0.2.77:7791", "192.0.2.77:7791 cannot be listened on", ExitCode.Failed)]
    public async Task Address_ThatCannotBe_IsRefusedWithASentence(string listen, string sentence, int exitCode)
    {
        await using var cli = await CliFixture.StartAsync(console: false);

        var run = await cli.RunAsync(["witness", "--listen", listen, "--data", cli.WorkingDirectory]);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
    }

    private static WitnessRequest Acquire(ulong expected, ulong term) => new(Node, WitnessOperation.Acquire, expected, term, Alone: true, Serves: true, 60_000);
}
