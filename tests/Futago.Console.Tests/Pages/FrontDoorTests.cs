using System.Net;
using Futago.Console.Tests.Fakes;
using Futago.Console.Tests.Host;
using Microsoft.AspNetCore.Builder;

namespace Futago.Console.Tests.Pages;

/// <summary>The pages before sign-in, as a browser without scripts gets them.</summary>
public sealed class FrontDoorTests : IAsyncLifetime
{
    private readonly FakeNode _node = new();
    private readonly HttpClient _browser = new(new HttpClientHandler { AllowAutoRedirect = false });
    private WebApplication? _host;

    public async ValueTask InitializeAsync()
    {
        _host = await PageHost.StartAsync(_node);
        _browser.BaseAddress = new Uri(_host.Urls.First());
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        if (_host is not null)
            await _host.DisposeAsync();
    }

    [Theory]
    [InlineData("/sign-in", "/account/sign-in", "userName,password,remember,returnUrl,__RequestVerificationToken")]
    [InlineData("/setup", "/account/setup", "userName,password,confirmPassword,__RequestVerificationToken")]
    public async Task Form_HasTheFieldsOfItsPost(string page, string action, string fields)
    {
        var html = await _browser.GetStringAsync(new Uri(page, UriKind.Relative));

        var form = html[html.IndexOf($"action=\"{action}\"", StringComparison.Ordinal)..];
        form = form[..form.IndexOf("</form>", StringComparison.Ordinal)];
        Assert.All(fields.Split(','), field => Assert.Contains($"name=\"{field}\"", form, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Setup_FromLoopback_WantsNoCode()
    {
        var html = await _browser.GetStringAsync(new Uri("/setup", UriKind.Relative));

        Assert.DoesNotContain("setupCode", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("en", "The user name or the password is not right.")]
    [InlineData("ja", "ユーザー名またはパスワードが正しくありません。")]
    public async Task SignIn_Failed_SaysSoInThePersonsLanguage(string culture, string expected)
    {
        var html = await GetAsync($"/sign-in?error=auth.sign-in-failed&returnUrl=%2Fvolumes", culture);

        Assert.Contains(expected, html, StringComparison.Ordinal);
        Assert.Contains($"<html lang=\"{culture}\"", html, StringComparison.Ordinal);
        Assert.Contains("value=\"/volumes\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_UnknownErrorCode_IsNotEchoed()
    {
        var html = await GetAsync("/sign-in?error=evil%20words", "en");

        var card = html[html.IndexOf("front-door-card", StringComparison.Ordinal)..html.IndexOf("</main>", StringComparison.Ordinal)];
        Assert.DoesNotContain("evil", card, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "/")]
    [InlineData("?returnUrl=%2Ftargets%3Fpage%3D2", "/targets?page=2")]
    [InlineData("?returnUrl=%2F%2Fevil.example", "/")]
    [InlineData("?returnUrl=https%3A%2F%2Fevil.example", "/")]
    public async Task Starting_LeadsBackToThePageThatWasAskedFor(string query, string expected)
    {
        var html = await GetAsync($"/starting{query}", "en");

        Assert.Contains($"content=\"3;url={expected}\"", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/setup")]
    [InlineData("/starting")]
    public async Task Page_HasTheLanguageSwitchAndNoScriptOfTheCircuit(string page)
    {
        var html = await GetAsync(page, "en");

        Assert.Contains("form=\"language-form\"", html, StringComparison.Ordinal);
        Assert.Contains("日本語", html, StringComparison.Ordinal);
        Assert.DoesNotContain("blazor.web.js", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_LoadsNothingFromElsewhere()
    {
        var html = await GetAsync("/sign-in", "en");

        Assert.DoesNotContain("src=\"http", html, StringComparison.Ordinal);
        Assert.DoesNotContain("href=\"http", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClosedPage_WithoutSignIn_IsRefused()
    {
        var response = await _browser.GetAsync(new Uri("/volumes", UriKind.Relative));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    private async Task<string> GetAsync(string address, string culture)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Add("Cookie", $".AspNetCore.Culture=c%3D{culture}%7Cuic%3D{culture}");
        var response = await _browser.SendAsync(request);
        return WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync());
    }
}
