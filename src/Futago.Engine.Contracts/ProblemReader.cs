using System.Net.Http.Json;
using System.Text.Json;

namespace Futago.Engine.Contracts;

/// <summary>Turns an error response of the engine or of the console back into the exception that caused it.</summary>
public static class ProblemReader
{
    public static async Task<ProblemException> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        Problem? problem = null;
        if (response.Content.Headers.ContentType?.MediaType is "application/problem+json" or "application/json")
        {
            try
            {
                problem = await response.Content.ReadFromJsonAsync<Problem>(EngineJson.Options, cancellation);
            }
            catch (JsonException)
            {
                // Not one of ours; the status code below says what there is to say.
            }
        }
        if (problem is null || string.IsNullOrEmpty(problem.Code))
            problem = new Problem(ProblemCodes.Internal, $"The request failed with HTTP status {(int)response.StatusCode}.");
        return new ProblemException(problem, (int)response.StatusCode);
    }
}
