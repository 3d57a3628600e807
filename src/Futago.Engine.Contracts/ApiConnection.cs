using System.Net.Http.Json;
using System.Text.Json;

namespace Futago.Engine.Contracts;

/// <summary>
/// Sends requests of a typed client and turns every failure into a <see cref="ProblemException"/>: the one that the other side
/// answered with, or the one that <paramref name="unreachable"/> makes of a connection that failed.
/// </summary>
/// <param name="http">Owned: disposed with this connection. Its base address ends with a slash.</param>
/// <param name="unreachable">Names the side that did not answer, in a sentence for a person.</param>
public sealed class ApiConnection(HttpClient http, Func<Exception, ProblemException> unreachable) : IDisposable
{
    /// <summary>More than any document of ours, and a capture file of the largest size; a peer gone mad must not fill the memory. In bytes.</summary>
    public const int MaxResponseBytes = 65 << 20;

    public Task<T> GetAsync<T>(string path, CancellationToken cancellation) =>
        SendAsync<T>(HttpMethod.Get, path, null, cancellation);

    /// <summary>An answer that is one text: as it is, or as a JSON string, whatever its content type says.</summary>
    public async Task<string> GetTextAsync(string path, CancellationToken cancellation)
    {
        using var request = Build(HttpMethod.Get, path, null);
        using var response = await SendRawAsync(request, HttpCompletionOption.ResponseContentRead, cancellation);
        var text = await response.Content.ReadAsStringAsync(cancellation);
        if (response.Content.Headers.ContentType?.MediaType != "application/json")
            return text;
        try
        {
            return JsonSerializer.Deserialize<string>(text, EngineJson.Options) ?? throw NotUnderstood(HttpMethod.Get, path);
        }
        catch (JsonException)
        {
            throw NotUnderstood(HttpMethod.Get, path);
        }
    }

    /// <summary>An answer that is a file.</summary>
    public async Task<byte[]> GetBytesAsync(string path, CancellationToken cancellation)
    {
        using var request = Build(HttpMethod.Get, path, null);
        using var response = await SendRawAsync(request, HttpCompletionOption.ResponseContentRead, cancellation);
        return await response.Content.ReadAsByteArrayAsync(cancellation);
    }

    public async Task SendAsync(HttpMethod method, string path, object? body, CancellationToken cancellation)
    {
        using var request = Build(method, path, body);
        using var response = await SendRawAsync(request, HttpCompletionOption.ResponseContentRead, cancellation);
    }

    public async Task<T> SendAsync<T>(HttpMethod method, string path, object? body, CancellationToken cancellation)
    {
        using var request = Build(method, path, body);
        using var response = await SendRawAsync(request, HttpCompletionOption.ResponseContentRead, cancellation);
        try
        {
            return await response.Content.ReadFromJsonAsync<T>(EngineJson.Options, cancellation) ?? throw NotUnderstood(method, path);
        }
        catch (JsonException)
        {
            throw NotUnderstood(method, path);
        }
    }

    /// <summary>The successful response, for the caller to read and to dispose.</summary>
    public async Task<HttpResponseMessage> SendRawAsync(HttpRequestMessage request, HttpCompletionOption option, CancellationToken cancellation)
    {
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request, option, cancellation);
        }
        catch (HttpRequestException e)
        {
            throw unreachable(e);
        }
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
        {
            throw await ProblemReader.ReadAsync(response, cancellation);
        }
    }

    public void Dispose() => http.Dispose();

    /// <summary>One segment of a path: names come from people and may hold anything.</summary>
    /// <exception cref="ProblemException">A name that a URL cannot hold as a segment: it would be taken for the way up.</exception>
    public static string Escape(string segment) => segment is "" or "." or ".."
        ? throw ProblemException.Invalid(ProblemCodes.NameInvalid, $"“{segment}” is not a name.", null, ("name", segment))
        : Uri.EscapeDataString(segment);

    private static HttpRequestMessage Build(HttpMethod method, string path, object? body) => new(method, path)
    {
        Content = body is null ? null : JsonContent.Create(body, body.GetType(), options: EngineJson.Options),
    };

    private static ProblemException NotUnderstood(HttpMethod method, string path) => new(
        new Problem(ProblemCodes.Internal, $"The answer to {method} {path} was not understood: the two sides are of different versions."),
        502);
}
