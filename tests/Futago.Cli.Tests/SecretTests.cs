using System.CommandLine;
using Futago.Cli.Commands;
using Futago.Console.Client.Http;

namespace Futago.Cli.Tests;

public class SecretTests
{
    private const string SetRoute = $"PATCH /api/v1/targets/{Samples.EscapedIqn}";

    [Theory]
    [InlineData("secret-of-14ch", "secret-of-14ch")]
    [InlineData("secret-of-14ch\n", "secret-of-14ch")]
    [InlineData("secret-of-14ch\r\n", "secret-of-14ch")]
    [InlineData("secret-of-14c \n\n", "secret-of-14c \n")]
    public async Task ChapSecret_FromFileOrInput_LosesOneNewlineOnly(string content, string secret)
    {
        await using var cli = await CliFixture.StartAsync();
        cli.Console!.Answer(SetRoute, Samples.Target);
        cli.WriteFile("F", content);

        var fromFile = await cli.RunAsync($"target set {Samples.Iqn} --chap-user u1 --chap-secret-file F");
        var fromInput = await cli.RunAsync($"target set {Samples.Iqn} --chap-user u1 --chap-secret-file -", content);

        Assert.Equal(ExitCode.Success, fromFile.ExitCode);
        Assert.Equal(ExitCode.Success, fromInput.ExitCode);
        var expected = System.Text.Json.JsonSerializer.Serialize(new { chapUser = "u1", chapSecret = secret });
        Assert.All(cli.Console.Requests, request => Assert.Equal(expected, request.Body));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData(null)]
    public async Task ChapSecret_EmptyOrMissingFile_RefusedWithoutRequest(string? content)
    {
        await using var cli = await CliFixture.StartAsync();
        if (content is not null)
            cli.WriteFile("F", content);

        var run = await cli.RunAsync($"target set {Samples.Iqn} --chap-user u1 --chap-secret-file F");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Empty(cli.Console!.Requests);
    }

    [Fact]
    public async Task ChapSecret_HugeFile_RefusedWithoutReadingItAll()
    {
        await using var cli = await CliFixture.StartAsync();

        // Never ends: reading it to the end would never come back.
        var run = await cli.RunAsync($"target set {Samples.Iqn} --chap-user u1 --chap-secret-file /dev/zero");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Contains("longer than", run.Error, StringComparison.Ordinal);
        Assert.Empty(cli.Console!.Requests);
    }

    [Fact]
    public async Task Password_OnTerminal_IsAskedTwiceAndMustMatch()
    {
        await using var cli = await CliFixture.StartAsync();
        cli.IsTerminal = true;
        cli.Console!.Answer("POST /api/v1/users", new Console.Client.Users.UserView("bob", Console.Client.Users.UserRole.Viewer, Samples.Time, null));

        var same = await cli.RunAsync("user create bob --role viewer", "long-enough-1\nlong-enough-1");
        var different = await cli.RunAsync("user create bob --role viewer", "long-enough-1\nlong-enough-2");

        Assert.Equal(ExitCode.Success, same.ExitCode);
        Assert.Equal(ExitCode.Failed, different.ExitCode);
        Assert.Equal("""{"name":"bob","password":"long-enough-1","role":"viewer"}""", Assert.Single(cli.Console.Requests).Body);
    }

    /// <summary>Other users of the machine read command lines: no option may take a secret itself.</summary>
    [Fact]
    public void Options_ThatNameASecret_TakeAFileOrNothing()
    {
        var options = Tree.Options(CommandTree.Create(new GlobalOptions())).Select(entry => entry.Option);

        var secrets = options.Where(option => option.Name.Contains("secret", StringComparison.Ordinal) || option.Name.Contains("password", StringComparison.Ordinal) || option.Name.Contains("token", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(secrets);
        Assert.All(secrets, option => Assert.True(option.Name.EndsWith("-file", StringComparison.Ordinal) || option is Option<bool>, option.Name));
    }

    [Fact]
    public void Endpoint_Printed_HidesTheToken()
    {
        var endpoint = new ConsoleEndpoint.Https(new Uri("https://n:8443"), "very-secret", null);

        Assert.DoesNotContain("very-secret", endpoint.ToString(), StringComparison.Ordinal);
    }
}
