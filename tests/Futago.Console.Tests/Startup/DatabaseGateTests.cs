using Futago.Console.Postgres;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Futago.Console.Tests.Startup;

/// <summary>Whoever comes while the database starts gets to where they wanted once it is there.</summary>
public sealed class DatabaseGateTests
{
    private readonly DatabaseStatus _status = new();
    private bool _passed;

    [Theory]
    [InlineData("GET", "/targets", "?page=2", "/starting?returnUrl=%2Ftargets%3Fpage%3D2")]
    [InlineData("POST", "/account/sign-in", "", "/starting?returnUrl=%2F")]
    public async Task Request_BeforeTheDatabaseIsReady_LeadsToThePageThatWaits(string method, string path, string query, string expected)
    {
        var context = await SendAsync(method, path, query);

        Assert.Equal(StatusCodes.Status302Found, context.Response.StatusCode);
        Assert.Equal(expected, context.Response.Headers.Location);
        Assert.False(_passed);
    }

    [Theory]
    [InlineData("?returnUrl=%2Ftargets%3Fpage%3D2", "/targets?page=2")]
    [InlineData("?returnUrl=%2F%2Fevil.example", "/")]
    [InlineData("", "/")]
    public async Task PageThatWaits_DatabaseReady_LeadsBack(string query, string expected)
    {
        _status.SetReady();

        var context = await SendAsync("GET", "/starting", query);

        Assert.Equal(expected, context.Response.Headers.Location);
        Assert.False(_passed);
    }

    private async Task<HttpContext> SendAsync(string method, string path, string query)
    {
        await using var services = new ServiceCollection().BuildServiceProvider();
        var gate = new DatabaseGate(
            _ =>
            {
                _passed = true;
                return Task.CompletedTask;
            },
            _status,
            new FirstVisit(services.GetRequiredService<IServiceScopeFactory>()));
        var context = new DefaultHttpContext();
        context.Request.Method = method;
        context.Request.Path = path;
        context.Request.QueryString = new QueryString(query);
        context.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection(new ComponentTypeMetadata(typeof(Components.App))), null));
        await gate.InvokeAsync(context);
        return context;
    }
}
