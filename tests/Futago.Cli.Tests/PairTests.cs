namespace Futago.Cli.Tests;

public class PairTests
{
    [Fact]
    public async Task Show_Paired_SaysHowThePeerIs()
    {
        await using var cli = await CliFixture.StartAsync();
        cli.Console!.Answer("GET /api/v1/pair", Samples.Pair);

        var run = await cli.RunAsync("pair show");

        Assert.Contains("Peer: nodeb", run.Output, StringComparison.Ordinal);
        Assert.Contains("State: reachable", run.Output, StringComparison.Ordinal);
        Assert.Contains("Clock: +1500.3 ms against this node, ± 0.5 ms (above the limit of 1000 ms)", run.Output, StringComparison.Ordinal);
        Assert.Contains("Replication link: 10.78.0.2:7789", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_NotPaired_SaysSo()
    {
        await using var cli = await CliFixture.StartAsync();
        cli.Console!.Answer("GET /api/v1/pair", Samples.Pair with { Peer = null, CodeExpiresAt = Samples.Time });

        var run = await cli.RunAsync("pair show");

        Assert.Contains("Peer: none", run.Output, StringComparison.Ordinal);
        Assert.Contains("Pairing code: valid until", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_OnStandardOutput_IsTheCodeAlone()
    {
        await using var cli = await CliFixture.StartAsync();
        cli.Console!.Answer("POST /api/v1/pair/code", new Console.Client.Pairing.PairCode("7K3M-7K3M-7K3M-7K3M", Samples.Time));

        var run = await cli.RunAsync("pair code");

        Assert.Equal("7K3M-7K3M-7K3M-7K3M\n", run.Output);
    }

    [Fact]
    public async Task Test_Result_HasUnits()
    {
        await using var cli = await CliFixture.StartAsync();
        cli.Console!.Answer("POST /api/v1/pair/path-test", Samples.Path);

        var run = await cli.RunAsync("pair test");

        Assert.Contains("minimum 53.6 µs, median 84.0 µs, 99 % below 120.3 µs (1000 measured)", run.Output, StringComparison.Ordinal);
        Assert.Contains("400 MiB/s to the peer, 350 MiB/s from the peer", run.Output, StringComparison.Ordinal);
        Assert.Contains("MTU: 1500 bytes", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pair join 10.78.0.2", "The code is missing")]
    [InlineData("pair join 10.78.0.2 --code A --code-file F", "either --code or --code-file")]
    [InlineData("pair set", "--replication-address or --link-port")]
    public async Task Line_Incomplete_IsRefusedWithoutRequest(string line, string reason)
    {
        await using var cli = await CliFixture.StartAsync();

        var run = await cli.RunAsync(line);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
        Assert.Empty(cli.Console!.Requests);
    }

    [Fact]
    public async Task Join_OnATerminal_AsksForTheCode()
    {
        await using var cli = await CliFixture.StartAsync();
        cli.IsTerminal = true;
        cli.Console!.Answer("POST /api/v1/pair/join", Samples.Pair);

        var run = await cli.RunAsync("pair join 10.78.0.2", "7K3M-7K3M-7K3M-7K3M\n");

        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Equal("""{"address":"10.78.0.2","code":"7K3M-7K3M-7K3M-7K3M"}""", cli.Console.Requests[^1].Body);
    }

    [Fact]
    public async Task Delete_AnotherNameTyped_ChangesNothing()
    {
        await using var cli = await CliFixture.StartAsync();
        cli.IsTerminal = true;
        cli.Console!.Answer("GET /api/v1/pair", Samples.Pair);

        var run = await cli.RunAsync("pair delete", "yes\n");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.All(cli.Console.Requests, request => Assert.StartsWith("GET ", request.Line, StringComparison.Ordinal));
    }
}
