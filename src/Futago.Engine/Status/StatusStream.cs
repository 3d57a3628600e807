using System.Security.Cryptography;
using System.Text.Json;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Node;

namespace Futago.Engine.Status;

/// <summary>
/// One reader of the live status: everything first, then the sections that changed, at most two lines a second, and a line
/// without sections when nothing was said for a while.
/// </summary>
internal sealed class StatusStream(StatusReader reader, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan UpdateInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(5);

    /// <summary>A digest of each section as it was sent: with many sessions the text itself is long, and it is made twice a second.</summary>
    private readonly Dictionary<string, byte[]> _sent = new(StringComparer.Ordinal);
    private readonly DigestStream _digest = new();

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
        JsonSerializer.Serialize(_digest, value, EngineJson.Options);
        var digest = _digest.Finish();
        if (_sent.TryGetValue(section, out var before) && before.AsSpan().SequenceEqual(digest))
            return null;
        _sent[section] = digest;
        return value;
    }

    public void Dispose() => _digest.Dispose();

    /// <summary>Keeps nothing of what is written but its SHA-256.</summary>
    private sealed class DigestStream : Stream
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        /// <summary>The digest of what was written since the last call.</summary>
        public byte[] Finish() => _hash.GetHashAndReset();

        public override void Write(byte[] buffer, int offset, int count) => _hash.AppendData(buffer, offset, count);

        public override void Write(ReadOnlySpan<byte> buffer) => _hash.AppendData(buffer);

        public override void Flush()
        {
            // Nothing is held back.
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _hash.Dispose();
            base.Dispose(disposing);
        }
    }
}
