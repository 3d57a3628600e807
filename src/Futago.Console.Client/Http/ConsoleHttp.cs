using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Authentication;
using Futago.Engine.Contracts;

namespace Futago.Console.Client.Http;

/// <summary>Builds the connection to a console's REST API.</summary>
internal static class ConsoleHttp
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    public static ApiConnection Connect(ConsoleEndpoint endpoint)
    {
        switch (endpoint)
        {
            case ConsoleEndpoint.UnixSocket local:
                return new ApiConnection(Client(UnixSocketHandler.Create(local.Path), new Uri("http://console/")), cause => Unreachable(local.Path, cause));
            case ConsoleEndpoint.Https remote:
                if (remote.Url.Scheme != Uri.UriSchemeHttps)
                    throw ProblemException.Invalid(ProblemCodes.RequestMalformed, $"{remote.Url} is not an https address: a token is sent over HTTPS only.", "url");
                var http = Client(SecureHandler(remote.Fingerprint), remote.Url);
                http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", remote.Token);
                return new ApiConnection(http, cause => Unreachable(remote.Url.GetLeftPart(UriPartial.Authority), cause));
            default:
                throw new NotSupportedException($"No connection is made to {endpoint.GetType().Name}.");
        }
    }

    private static HttpClient Client(HttpMessageHandler handler, Uri console) => new(handler)
    {
        BaseAddress = new Uri(console, "/api/v1/"),
        // Formatting a unit or allocating a large image takes its time; the caller's token is the limit.
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = ApiConnection.MaxResponseBytes,
    };

    /// <summary>With a fingerprint only that certificate counts, whoever signed it; without one, what this machine trusts.</summary>
    private static SocketsHttpHandler SecureHandler(CertificateFingerprint? fingerprint)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = ConnectTimeout,
            // A redirect could carry the token to another address.
            AllowAutoRedirect = false,
        };
        if (fingerprint is not null)
        {
            handler.SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null && fingerprint.Matches(certificate),
            };
        }
        return handler;
    }

    private static ProblemException Unreachable(string where, Exception cause)
    {
        var detail = cause.GetBaseException() is AuthenticationException || cause.InnerException is AuthenticationException
            ? $"The certificate of the console at {where} is not the expected one. Name its SHA-256 fingerprint, or make this machine trust it."
            : $"The console at {where} does not answer ({UnixSocketHandler.Reason(cause)}). It is starting or has stopped; volumes and targets are served without it.";
        return new ProblemException(new Problem(ProblemCodes.ConsoleUnreachable, detail), (int)HttpStatusCode.ServiceUnavailable);
    }
}
