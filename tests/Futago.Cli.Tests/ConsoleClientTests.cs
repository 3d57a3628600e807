using Futago.Console.Client.Http;
using Futago.Engine.Contracts;

namespace Futago.Cli.Tests;

/// <summary>What of the client no verb uses.</summary>
public class ConsoleClientTests
{
    [Theory]
    [InlineData("/var/lib/futago/images")]
    [InlineData("\"/var/lib/futago/images\"")]
    public async Task Text_PlainOrJson_IsTheText(string body)
    {
        await using var cli = await CliFixture.StartAsync();
        cli.Console!.Answer("GET /api/v1/units/image-directory", () => (200, body));
        using var client = new ConsoleClient(new ConsoleEndpoint.UnixSocket(cli.ConsoleSocket));

        var directory = await client.Volumes.GetImageDirectoryAsync();

        Assert.Equal("/var/lib/futago/images", directory);
    }

    [Theory]
    [InlineData("vg00")]
    [InlineData("vg00/")]
    [InlineData("vg00/../../users")]
    [InlineData("../users")]
    [InlineData("vg00/..")]
    [InlineData("./lv0000")]
    public async Task VolumePath_Malformed_IsRefusedBeforeItIsSent(string path)
    {
        await using var cli = await CliFixture.StartAsync();
        using var client = new ConsoleClient(new ConsoleEndpoint.UnixSocket(cli.ConsoleSocket));

        var refusal = await Assert.ThrowsAsync<ProblemException>(() => client.Volumes.PreviewDeletionAsync(path));

        Assert.Equal(ProblemCodes.NameInvalid, refusal.Problem.Code);
        Assert.Empty(cli.Console!.Requests);
    }

    [Fact]
    public async Task Name_WithReservedCharacters_StaysOneSegment()
    {
        await using var cli = await CliFixture.StartAsync();
        cli.Console!.Answer("DELETE /api/v1/users/..%2Ftokens%3Fx%23%25", null, 204);
        using var client = new ConsoleClient(new ConsoleEndpoint.UnixSocket(cli.ConsoleSocket));

        await client.Users.DeleteAsync("../tokens?x#%", "x");

        Assert.Equal("DELETE /api/v1/users/..%2Ftokens%3Fx%23%25", Assert.Single(cli.Console.Requests).Line);
    }
}
