using System.Net;
using System.Net.Http.Json;
using Futago.Console.Account;
using Futago.Console.Client.Targets;
using Futago.Console.Security;
using Futago.Engine.Contracts;

namespace Futago.Console.Tests.Api;

public sealed class AccountTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Password = "correct-horse-9";

    [Fact]
    public async Task FirstVisit_CreatesTheAdministratorOnceAndSignsIn()
    {
        await using var console = await RunningConsole.StartAsync(postgres.Server);
        using var browser = console.Browser();
        using var before = await browser.GetAsync("/");

        using var setup = await SetUpAsync(browser);
        using var signedIn = await browser.GetAsync("/api/v1/users");
        using var second = console.Browser();
        using var again = await SetUpAsync(second);

        Assert.Equal("/setup", before.Headers.Location?.OriginalString);
        Assert.Equal("/", setup.Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.OK, signedIn.StatusCode);
        Assert.Equal("/sign-in?error=" + ProblemCodes.SetupDone, again.Headers.Location?.OriginalString);
        Assert.False(File.Exists(Path.Combine(console.DataDirectoryPath, SetupCode.FileName)));
    }

    [Theory]
    [InlineData("short", "short", ProblemCodes.PasswordInvalid)]
    [InlineData(Password, "another-horse-9", ProblemCodes.PasswordMismatch)]
    public async Task FirstVisit_BadPassword_LeadsBackToTheForm(string password, string confirm, string code)
    {
        await using var console = await RunningConsole.StartAsync(postgres.Server);
        using var browser = console.Browser();

        using var response = await RunningConsole.PostFormAsync(browser, "/account/setup", ("userName", "admin"), ("password", password), ("confirmPassword", confirm));

        Assert.Equal("/setup?error=" + code, response.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task SignIn_WrongPasswordFiveTimes_LocksTheAccount()
    {
        await using var console = await RunningConsole.StartAsync(postgres.Server, Password);
        using var browser = console.Browser();

        List<string?> locations = [];
        for (var i = 0; i < 5; i++)
        {
            using var wrong = await SignInAsync(browser, "wrong-password");
            locations.Add(wrong.Headers.Location?.OriginalString);
        }
        using var right = await SignInAsync(browser, Password);
        using var unknown = await RunningConsole.PostFormAsync(browser, "/account/sign-in", ("userName", "nobody"), ("password", Password));

        Assert.StartsWith("/sign-in?error=" + ProblemCodes.SignInFailed, locations[0], StringComparison.Ordinal);
        Assert.StartsWith("/sign-in?error=" + ProblemCodes.SignInLocked, right.Headers.Location?.OriginalString, StringComparison.Ordinal);
        Assert.StartsWith("/sign-in?error=" + ProblemCodes.SignInFailed, unknown.Headers.Location?.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_WithoutAntiforgeryToken_IsRefused()
    {
        await using var console = await RunningConsole.StartAsync(postgres.Server, Password);
        using var browser = console.Browser();
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("userName", "admin"), KeyValuePair.Create("password", Password)]);

        using var response = await browser.PostAsync("/account/sign-in", form);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Cookie_WriteFromAnotherSite_IsRefusedAndFromOurOwnPagesTaken()
    {
        await using var console = await RunningConsole.StartAsync(postgres.Server, Password);
        using var browser = console.Browser();
        using var signIn = await SignInAsync(browser, Password);

        using var bare = await CreateTargetAsync(browser, null, null);
        using var foreign = await CreateTargetAsync(browser, "Origin", "https://evil.example");
        using var crossSite = await CreateTargetAsync(browser, "Sec-Fetch-Site", "same-site");
        using var own = await CreateTargetAsync(browser, "Sec-Fetch-Site", "same-origin");

        Assert.Equal("/", signIn.Headers.Location?.OriginalString);
        Assert.Equal(
            [HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.OK],
            [bare.StatusCode, foreign.StatusCode, crossSite.StatusCode, own.StatusCode]);
    }

    [Fact]
    public async Task SignOut_EndsTheSession()
    {
        await using var console = await RunningConsole.StartAsync(postgres.Server, Password);
        using var browser = console.Browser();
        using var signIn = await SignInAsync(browser, Password);

        using var signOut = await RunningConsole.PostFormAsync(browser, "/account/sign-out");
        using var after = await browser.GetAsync("/api/v1/targets");

        Assert.Equal("/sign-in", signOut.Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
    }

    [Theory]
    [InlineData("ja", "/targets?x=1", "/targets?x=1", true)]
    [InlineData("en", "//evil.example", "/", true)]
    [InlineData("xx", "/", "/", false)]
    public async Task Language_IsRememberedAndLeadsBack(string culture, string returnUrl, string location, bool remembered)
    {
        await using var console = await RunningConsole.StartAsync(postgres.Server, Password);
        using var browser = console.Browser();

        using var response = await RunningConsole.PostFormAsync(browser, "/account/language", ("culture", culture), ("returnUrl", returnUrl));

        Assert.Equal(location, response.Headers.Location?.OriginalString);
        Assert.Equal(remembered, response.Headers.TryGetValues("Set-Cookie", out var cookies) && cookies.Any(c => c.Contains(culture, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("/targets", "/targets")]
    [InlineData("/", "/")]
    [InlineData(null, "/")]
    [InlineData("", "/")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    [InlineData("/a\r\nSet-Cookie: x", "/")]
    public void ReturnUrl_OnlyOnThisSite_IsFollowed(string? url, string followed) => Assert.Equal(followed, AccountEndpoints.LocalOrHome(url));

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("10.0.0.1", true)]
    [InlineData(null, false)]
    public void SetupCode_FromElsewhere_IsNeeded(string? remote, bool needed) =>
        Assert.Equal(needed, SetupCode.IsNeeded(remote is null ? null : IPAddress.Parse(remote)));

    [Fact]
    public void SetupCode_TypedInAnyCaseWithHyphens_Matches()
    {
        var path = Directory.CreateTempSubdirectory("futago-code-").FullName;
        using var directory = DataDirectory.Open(path);
        var code = new SetupCode(directory);
        code.Ensure();
        var written = File.ReadAllText(Path.Combine(path, SetupCode.FileName)).Trim();

        Assert.True(code.Matches(written));
        Assert.True(code.Matches($" {written[..4].ToLowerInvariant()}-{written[4..]}"));
        Assert.False(code.Matches(written[..7]));
        Assert.False(code.Matches(""));
        Assert.False(code.Matches(null));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(path, SetupCode.FileName)));
        code.Forget();
        Assert.False(code.Matches(written));
        Directory.Delete(path, recursive: true);
    }

    private static Task<HttpResponseMessage> SetUpAsync(HttpClient browser) =>
        RunningConsole.PostFormAsync(browser, "/account/setup", ("userName", "admin"), ("password", Password), ("confirmPassword", Password));

    private static Task<HttpResponseMessage> SignInAsync(HttpClient browser, string password) =>
        RunningConsole.PostFormAsync(browser, "/account/sign-in", ("userName", "admin"), ("password", password), ("returnUrl", "/"));

    private static async Task<HttpResponseMessage> CreateTargetAsync(HttpClient browser, string? header, string? value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/targets") { Content = JsonContent.Create(new CreateTargetRequest(), options: EngineJson.Options) };
        if (header is not null)
            request.Headers.Add(header, value);
        return await browser.SendAsync(request);
    }
}
