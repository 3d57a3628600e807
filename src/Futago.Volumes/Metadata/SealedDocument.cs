using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Futago.Volumes.Linux;

namespace Futago.Volumes.Metadata;

/// <summary>
/// A small JSON file that knows its format version and notices damage. The last member is <c>checksum</c>: SHA-256 over the
/// document without that member, byte for byte as it stands in the file. docs/on-disk/sealed-document.md.
/// </summary>
public static class SealedDocument
{
    private const string ChecksumPrefix = ",\"checksum\":\"sha256:";
    private const int ChecksumDigits = 64;
    private const string End = "\"}\n";

    /// <summary>Larger than any document of ours; anything longer is not one.</summary>
    private const int LengthMaximum = 16 << 20;

    public static void Write<T>(string path, T document, JsonSerializerOptions options, UnixFileMode mode) where T : ISealedDocument =>
        DurableFile.Replace(path, Seal(JsonSerializer.Serialize(document, options)), mode);

    /// <param name="version">The newest version that the caller understands.</param>
    public static SealedDocumentState Read<T>(string path, int version, JsonSerializerOptions options, out T? document) where T : class, ISealedDocument
    {
        document = null;
        byte[] content;
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (stream.Length > LengthMaximum)
                return SealedDocumentState.Damaged;
            content = new byte[stream.Length];
            stream.ReadExactly(content);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return SealedDocumentState.Absent;
        }
        if (!TryUnseal(content, out var body))
            return SealedDocumentState.Damaged;
        try
        {
            // The version first: a newer document may lack what this version of the record demands.
            using (var any = JsonDocument.Parse(body))
            {
                if (!any.RootElement.TryGetProperty("formatVersion", out var found) || !found.TryGetInt32(out var number) || number < 1)
                    return SealedDocumentState.Damaged;
                if (number > version)
                    return SealedDocumentState.Newer;
            }
            document = JsonSerializer.Deserialize<T>(body, options);
            return document is null ? SealedDocumentState.Damaged : SealedDocumentState.Good;
        }
        catch (JsonException)
        {
            return SealedDocumentState.Damaged;
        }
    }

    internal static byte[] Seal(string json)
    {
        var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)));
        return Encoding.UTF8.GetBytes($"{json.AsSpan(0, json.Length - 1)}{ChecksumPrefix}{checksum}{End}");
    }

    private static bool TryUnseal(byte[] content, out byte[] body)
    {
        body = [];
        var tail = ChecksumPrefix.Length + ChecksumDigits + End.Length;
        var start = content.Length - tail;
        if (start < 1)
            return false;
        var prefix = content.AsSpan(start, ChecksumPrefix.Length);
        var digits = content.AsSpan(start + ChecksumPrefix.Length, ChecksumDigits);
        if (!prefix.SequenceEqual(Encoding.ASCII.GetBytes(ChecksumPrefix))
            || !content.AsSpan(content.Length - End.Length).SequenceEqual(Encoding.ASCII.GetBytes(End)))
            return false;
        body = [.. content.AsSpan(0, start), (byte)'}'];
        return digits.SequenceEqual(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(body))));
    }
}
