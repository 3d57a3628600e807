using System.Security.Cryptography;
using System.Text.Json;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Node;

namespace Futago.Engine.Status;

/// <summary>
/// One reader of the live status: everything first, then the sections that changed, at most two lines a second, and a line
/// without sections when nothing was said for a while.
/// </summary>
internal sealed class StatusStream(StatusReader reader, TimeProvider time)
{
    private static readonly TimeSpan UpdateInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(5);

    /// <summary>A digest of each section as it was sent: with many sessions the text itself is long, and it is made twice a second.</summary>
    private readonly Dictionary<string, byte[]> _sent = new(StringComparer.Ordinal);

    public async Task WriteAsync(Stream output, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(UpdateInterval, time);
        var lastLine = time.GetTimestamp();
        do
        {
            var update = OnlyChanges(reader.ReadAll());
            if (update == new StatusUpdate() && _sent.Count > 0 && time.GetElapsedTime(lastLine) < HeartbeatInterval)
                continue;
            await JsonSerializer.SerializeAsync(output, update, EngineJson.Options, cancellation);
            await output.WriteAsync("\n"u8.ToArray(), cancellation);
            await output.FlushAsync(cancellation);
            lastLine = time.GetTimestamp();
        }
        while (await timer.WaitForNextTickAsync(cancellation));
    }

    private StatusUpdate OnlyChanges(StatusUpdate now) => new(
        Changed("node", now.Node),
        Changed("units", now.Units),
        Changed("groups", now.Groups),
        Changed("volumes", now.Volumes),
        Changed("targets", now.Targets),
        Changed("refusedLogins", now.RefusedLogins),
        Changed("snapshots", now.Snapshots),
        Changed("shares", now.Shares),
        Changed("replications", now.Replications),
        Changed("runs", now.Runs),
        Changed("failover", now.Failover),
        Changed("nics", now.Nics));

    private T? Changed<T>(string section, T? value) where T : class
    {
        using var hash = SHA256.Create();
        using (var text = new CryptoStream(Stream.Null, hash, CryptoStreamMode.Write))
            JsonSerializer.Serialize(text, value, EngineJson.Options);
        var digest = hash.Hash!;
        if (_sent.TryGetValue(section, out var before) && before.AsSpan().SequenceEqual(digest))
            return null;
        _sent[section] = digest;
        return value;
    }
}
