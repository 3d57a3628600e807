using System.Net.Sockets;
using Futago.Console.Pairing;
using Futago.Console.Security;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Futago.Console;

/// <summary>Where the console listens: HTTPS on a TCP port and on a unix socket, HTTP on the CLI's unix socket.</summary>
internal static class ListenerSetup
{
    // Anyone may connect; whom the kernel names decides what they may do.
    private const UnixFileMode ForAll = (UnixFileMode)0b110_110_110;

    public static void Listen(this WebApplicationBuilder builder, ConsoleOptions options, DataDirectory directory)
    {
        var certificate = ConsoleCertificate.LoadOrCreate(directory, options.NodeName, options.Listen.Address, TimeProvider.System);
        var peers = PeerCertificate.LoadOrCreate(directory, TimeProvider.System);
        builder.Services.AddSingleton(peers);
        var tls = PeerTls.Options(certificate, peers.Certificate);
        string?[] sockets = [options.Socket, options.TlsSocket];
        foreach (var socket in sockets.OfType<string>())
            RemoveStale(socket);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 1 << 20;
            kestrel.Listen(options.Listen, listen => listen.UseHttps(tls));
            if (options.TlsSocket is not null)
                kestrel.ListenUnixSocket(options.TlsSocket, listen => listen.UseHttps(tls));
            if (options.Socket is not null)
                kestrel.ListenUnixSocket(options.Socket, MarkPeers);
        });
        builder.Services.AddSingleton<IHostedService>(services => new SocketModes(services.GetRequiredService<IHostApplicationLifetime>(), [.. sockets.OfType<string>()]));
    }

    private static void MarkPeers(ListenOptions listen)
    {
        var ownUser = PeerCredentials.OwnUser();
        listen.Use(next => async connection =>
        {
            if (connection.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket)
                connection.Features.Set(new PeerFeature(PeerCredentials.IsTrusted(PeerCredentials.UserOf(socket), ownUser)));
            await next(connection);
        });
    }

    // A killed console leaves its socket files behind; binding would fail on them.
    private static void RemoveStale(string path)
    {
        if (!File.Exists(path))
            return;
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException)
        {
            File.Delete(path);
            return;
        }
        throw new StartupException($"Another process is listening on {path}.");
    }

    private sealed class SocketModes(IHostApplicationLifetime lifetime, IReadOnlyList<string> sockets) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            lifetime.ApplicationStarted.Register(() =>
            {
                foreach (var socket in sockets)
                    File.SetUnixFileMode(socket, ForAll);
            });
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
