using System.Text;
using System.Text.Json;
using Futago.Engine.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Futago.Cli.Tests;

/// <summary>
/// Stands in for a console or an engine: HTTP on a unix socket in a directory of its own, canned answers by method and path, and a
/// record of what was asked. A request without an answer gets a problem, so that no test passes on one it did not expect.
/// </summary>
internal sealed class FakeNode : IAsyncDisposable
{
    private readonly Dictionary<string, Func<(int Status, string? Body)>> _answers = [];
    private readonly List<RecordedRequest> _requests = [];
    private readonly WebApplication _application;

    private FakeNode(WebApplication application, string socket)
    {
        _application = application;
        Socket = socket;
    }

    public string Socket { get; }

    public IReadOnlyList<RecordedRequest> Requests
    {
        get
        {
            lock (_requests)
                return [.. _requests];
        }
    }

    public static async Task<FakeNode> StartAsync(string socket)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.ListenUnixSocket(socket));
        var node = new FakeNode(builder.Build(), socket);
        node._application.Run(node.AnswerAsync);
        await node._application.StartAsync();
        return node;
    }

    /// <param name="request">Method and path with query, as it goes over the wire: <c>GET /api/v1/volumes</c>.</param>
    public void Answer(string request, object? document, int status = 200) =>
        Answer(request, () => (status, document is null ? null : JsonSerializer.Serialize(document, document.GetType(), EngineJson.Options)));

    public void Answer(string request, Func<(int Status, string? Body)> answer) => _answers[request] = answer;

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var request = new RecordedRequest($"{context.Request.Method} {target}", await reader.ReadToEndAsync());
        lock (_requests)
            _requests.Add(request);
        var (status, body) = _answers.TryGetValue(request.Line, out var answer)
            ? answer()
            : (404, JsonSerializer.Serialize(new Problem("test.no-answer", $"No answer was prepared for {request.Line}."), EngineJson.Options));
        context.Response.StatusCode = status;
        if (body is not null)
        {
            context.Response.ContentType = status >= 400 ? "application/problem+json" : body is ['/', ..] ? "text/plain" : "application/json";
            await context.Response.WriteAsync(body);
        }
    }
}
