using System.Text.Json.Nodes;
using Futago.Console.Client.Users;

namespace Futago.Cli.Tests;

public class InstanceTests
{
    private static readonly string[] UserList = ["user", "list"];

    [Fact]
    public async Task Socket_Given_NeedsNoInstance()
    {
        await using var cli = await StartAsync();
        File.Delete(Path.Combine(cli.Directory, "instance.json"));

        var run = await cli.RunAsync(["--socket", "../console.sock", .. UserList]);

        Assert.Equal("", run.Error);
        Assert.Equal(ExitCode.Success, run.ExitCode);
    }

    [Fact]
    public async Task Data_Relative_IsCompletedFromTheWorkingDirectory()
    {
        await using var cli = await StartAsync();

        var run = await cli.RunAsync(["user", "--data", "..", "list"]);

        Assert.Equal(ExitCode.Success, run.ExitCode);
    }

    [Fact]
    public async Task Checkout_LastStarted_IsUsed()
    {
        await using var cli = await StartAsync();
        SetLast(cli, cli.Directory);

        var run = await cli.RunAsync(UserList);

        Assert.Equal("", run.Error);
        Assert.Equal(ExitCode.Success, run.ExitCode);
    }

    [Fact]
    public async Task Installed_NoCheckout_IsUsed()
    {
        await using var cli = await StartAsync();
        cli.WriteInstance(Path.Combine(cli.Directory, "installed"), new { version = 1, nodeName = "solo", consoleSocket = cli.ConsoleSocket });

        var run = await cli.RunAsync(UserList);

        Assert.Equal(ExitCode.Success, run.ExitCode);
    }

    [Fact]
    public async Task Node_OfTwins_PicksItsInstance()
    {
        await using var cli = await StartAsync();
        PrepareTwins(cli);

        var b = await cli.RunAsync(["--node", "b", .. UserList]);
        var a = await cli.RunAsync(["--node", "a", .. UserList]);
        var none = await cli.RunAsync(UserList);
        var other = await cli.RunAsync(["--node", "c", .. UserList]);

        Assert.Equal(ExitCode.Success, b.ExitCode);
        Assert.Equal(ExitCode.Failed, a.ExitCode);
        Assert.Contains("a.sock", a.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, none.ExitCode);
        Assert.Contains("--node a or --node b", none.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, other.ExitCode);
    }

    [Fact]
    public async Task Node_OfASingleInstance_MustBeItsName()
    {
        await using var cli = await StartAsync();
        SetLast(cli, cli.Directory);

        var right = await cli.RunAsync(["--node", "solo", .. UserList]);
        var wrong = await cli.RunAsync(["--node", "a", .. UserList]);

        Assert.Equal(ExitCode.Success, right.ExitCode);
        Assert.Equal(ExitCode.Usage, wrong.ExitCode);
    }

    [Fact]
    public async Task Instance_None_SaysHowToStartOne()
    {
        await using var cli = await StartAsync();

        var run = await cli.RunAsync(UserList);

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Contains("run ./run.sh first", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{\"version\":2}")]
    [InlineData("{\"version\":1}")]
    [InlineData("[]")]
    public async Task Instance_Unusable_FailsWithASentence(string content)
    {
        await using var cli = await StartAsync();
        File.WriteAllText(Path.Combine(cli.Directory, "instance.json"), content);

        var run = await cli.RunAsync("user list");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Contains("instance.json", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--url http://n:8443 --token-file F", "is not an https address")]
    [InlineData("--url https://n:8443", "needs --token-file")]
    [InlineData("--url https://u:p@n:8443 --token-file F", "holds a user")]
    [InlineData("--url https://n:8443 --token-file F --fingerprint 12", "64 hexadecimal digits")]
    [InlineData("--token-file F", "go with --url")]
    [InlineData("--socket x --node a", "--node")]
    public async Task Options_Contradictory_ExitWith2(string options, string says)
    {
        await using var cli = await StartAsync();
        cli.WriteFile("F", "token");

        var run = await cli.RunAsync([.. UserList, .. options.Split(' ')]);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(says, run.Error, StringComparison.Ordinal);
    }

    private static async Task<CliFixture> StartAsync()
    {
        var cli = await CliFixture.StartAsync();
        cli.Console!.Answer("GET /api/v1/users", Array.Empty<UserView>());
        return cli;
    }

    private static void SetLast(CliFixture cli, string directory)
    {
        var checkout = Path.Combine(cli.Directory, "checkout");
        System.IO.Directory.CreateDirectory(Path.Combine(checkout, ".futago"));
        File.WriteAllText(Path.Combine(checkout, ".futago", "last"), $"{directory}\n");
        cli.Variables["FUTAGO_CHECKOUT"] = checkout;
    }

    private static void PrepareTwins(CliFixture cli)
    {
        var twins = Path.Combine(cli.Directory, "twins");
        cli.WriteInstance(twins, new JsonObject { ["version"] = 1, ["twins"] = new JsonObject { ["a"] = Path.Combine(twins, "a"), ["b"] = "b" } });
        cli.WriteInstance(Path.Combine(twins, "a"), new { version = 1, nodeName = "a", consoleSocket = Path.Combine(twins, "a.sock") });
        cli.WriteInstance(Path.Combine(twins, "b"), new { version = 1, nodeName = "b", consoleSocket = cli.ConsoleSocket });
        SetLast(cli, twins);
    }
}
