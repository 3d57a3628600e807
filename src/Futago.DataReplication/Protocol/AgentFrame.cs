using System.Buffers.Binary;
using System.Text.Json;

namespace Futago.DataReplication.Protocol;

/// <summary>One message: its length in bytes (32 bit, big endian), then JSON.</summary>
internal static class AgentFrame
{
    /// <summary>In bytes. Room for a thousand shares.</summary>
    public const int LengthMax = 256 << 10;

    public static async Task WriteAsync<T>(Stream stream, T message, CancellationToken cancellation)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(message, ReplicationJson.Options);
        var frame = new byte[4 + json.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, json.Length);
        json.CopyTo(frame, 4);
        await stream.WriteAsync(frame, cancellation);
        await stream.FlushAsync(cancellation);
    }

    /// <exception cref="AgentException">The peer sent something else, or ended early.</exception>
    public static async Task<T> ReadAsync<T>(Stream stream, int lengthMax, CancellationToken cancellation)
    {
        try
        {
            var header = new byte[4];
            await stream.ReadExactlyAsync(header, cancellation);
            var length = BinaryPrimitives.ReadInt32BigEndian(header);
            // Checked before anything is allocated for it.
            if (length < 2 || length > lengthMax)
                throw new AgentException(AgentFailure.Protocol, "The other side sent a message of an impossible length.");
            var json = new byte[length];
            await stream.ReadExactlyAsync(json, cancellation);
            return JsonSerializer.Deserialize<T>(json, ReplicationJson.Options) ?? throw new JsonException();
        }
        catch (Exception e) when (e is JsonException or EndOfStreamException)
        {
            throw new AgentException(AgentFailure.Protocol, "The other side does not speak the protocol of the data replication agent, or another version of it.", e);
        }
    }
}
