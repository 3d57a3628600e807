using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Futago.Console.Api;
using Futago.Engine.Contracts;
using Futago.Management.Failover;
using Futago.Management.Pairing;
using Futago.Management.VolumeReplication;

namespace Futago.Console.Pairing;

/// <summary>
/// The other console over HTTPS with a certificate on both sides. Without a fingerprint to expect, the first certificate seen
/// counts for the life of this object, so that all of one exchange happens with one and the same other side.
/// </summary>
public sealed class HttpPeerConsole : IPeerConsole
{
    private const int ResponseBytesMaximum = 1 << 20;
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(4);

    private readonly IPEndPoint _place;
    private readonly ApiConnection _api;
    private readonly Lock _lock = new();
    private string _fingerprint;

    public HttpPeerConsole(IPEndPoint place, PeerCertificate own, string? fingerprint)
    {
        _place = place;
        _fingerprint = fingerprint ?? "";
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = ConnectTimeout,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            ConnectCallback = ConnectAsync,
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = [own.Certificate],
                LocalCertificateSelectionCallback = (_, _, _, _, _) => own.Certificate,
                RemoteCertificateValidationCallback = (_, shown, _, _) => IsExpected(shown),
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                EnabledSslProtocols = SslProtocols.Tls13,
                AllowTlsResume = false,
            },
        };
        _api = new ApiConnection(
            new HttpClient(handler)
            {
                // The name says that a console calls; where to, the callback knows.
                BaseAddress = new Uri($"https://{PeerTls.HostName}{PeerEndpoints.Root}/"),
                Timeout = Timeout.InfiniteTimeSpan,
                MaxResponseContentBufferSize = ResponseBytesMaximum,
            },
            Unreachable);
    }

    public string SeenFingerprint
    {
        get
        {
            lock (_lock)
                return _fingerprint;
        }
    }

    public Task<PairingOffer> HelloAsync(PairingHello hello, CancellationToken cancellation) =>
        _api.SendAsync<PairingOffer>(HttpMethod.Post, "pairing/hello", hello, cancellation);

    public Task<PairingAccept> ConfirmAsync(PairingConfirm confirm, CancellationToken cancellation) =>
        _api.SendAsync<PairingAccept>(HttpMethod.Post, "pairing/confirm", confirm, cancellation);

    public Task<PeerReport> ReportAsync(CancellationToken cancellation) => _api.GetAsync<PeerReport>("report", cancellation);

    public Task LeaveAsync(CancellationToken cancellation) => _api.SendAsync(HttpMethod.Delete, "pair", null, cancellation);

    public IPeerReplications Replications => new HttpPeerReplications(_api);

    public IPeerFailover Failover => new HttpPeerFailover(_api);

    public void Dispose() => _api.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(_place.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(_place, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private bool IsExpected(X509Certificate? shown)
    {
        if (shown is null)
            return false;
        var seen = PeerCertificate.FingerprintOf(shown);
        lock (_lock)
        {
            if (_fingerprint.Length == 0)
                _fingerprint = seen;
            return _fingerprint == seen;
        }
    }

    private ProblemException Unreachable(Exception cause)
    {
        var authentication = cause.GetBaseException() is AuthenticationException || cause.InnerException is AuthenticationException;
        var detail = authentication
            ? $"What answers at {_place} is not the other node: it shows another certificate, or speaks no TLS."
            : $"The node at {_place} cannot be reached ({cause.GetBaseException().Message.TrimEnd('.')}).";
        return new ProblemException(new Problem(
            authentication ? ProblemCodes.PairCertificateMismatch : ProblemCodes.PairUnreachable, detail, "address",
            new Dictionary<string, string> { ["address"] = _place.ToString() }), StatusCodes.Status503ServiceUnavailable);
    }
}
