using System.Globalization;
using System.Text;
using System.Text.Json;
using Futago.Blocks;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;

namespace Futago.Engine.Events;

/// <summary>
/// One line of the journal: <c>1 CRC32C {json}</c> (format version, eight hexadecimal digits over the JSON, the event).
/// docs/on-disk/engine-state.md.
/// </summary>
internal static class JournalLine
{
    private const string VersionPrefix = "1 ";
    private const int ChecksumDigits = 8;
    private const int JsonOffset = 2 + ChecksumDigits + 1;

    public static string Format(EngineEvent entry)
    {
        var json = JsonSerializer.Serialize(entry, EngineJson.Options);
        return $"{VersionPrefix}{Checksum(json):x8} {json}\n";
    }

    /// <returns>Null for a line that was torn or is not ours.</returns>
    public static EngineEvent? Parse(string line)
    {
        if (line.Length <= JsonOffset
            || !line.StartsWith(VersionPrefix, StringComparison.Ordinal)
            || line[JsonOffset - 1] != ' '
            || !uint.TryParse(line.AsSpan(VersionPrefix.Length, ChecksumDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var checksum))
            return null;
        var json = line[JsonOffset..];
        if (Checksum(json) != checksum)
            return null;
        try
        {
            return JsonSerializer.Deserialize<EngineEvent>(json, EngineJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static uint Checksum(string json) => Crc32C.Compute(Encoding.UTF8.GetBytes(json));
}
