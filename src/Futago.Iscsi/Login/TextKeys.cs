using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Futago.Iscsi.Login;

/// <summary>
/// Text of a Login or Text PDU, RFC 7143 section 6.1: <c>key=value</c> pairs, each ended by a zero byte.
/// </summary>
internal static class TextKeys
{
    /// <summary>Section 6.1: a key name is at most 63 bytes.</summary>
    public const int MaximumKeyLength = 63;

    /// <summary>Section 6.1: a value is at most 255 bytes unless the key says otherwise.</summary>
    public const int MaximumValueLength = 255;

    /// <summary>Room for lists and for binary values (1,024 bytes as hexadecimal digits with prefix).</summary>
    public const int MaximumLongValueLength = 2050;

    /// <summary>Pairs in one negotiation step; the table has about thirty.</summary>
    public const int MaximumPairs = 128;

    private static readonly UTF8Encoding _strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <returns>False when the text is malformed, repeats a key or exceeds a limit.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, [NotNullWhen(true)] out List<KeyValuePair<string, string>>? pairs)
    {
        pairs = null;
        var result = new List<KeyValuePair<string, string>>();
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)0);
            // The last pair must be terminated too; trailing zero bytes are padding that some initiators count as data.
            if (end < 0)
                return false;
            if (end > 0)
            {
                if (result.Count == MaximumPairs || !TryParsePair(text[..end], out var pair))
                    return false;
                // Section 6.2: a key must not be sent twice in one negotiation.
                if (result.Exists(p => p.Key == pair.Key))
                    return false;
                result.Add(pair);
            }
            text = text[(end + 1)..];
        }
        pairs = result;
        return true;
    }

    private static bool TryParsePair(ReadOnlySpan<byte> text, out KeyValuePair<string, string> pair)
    {
        pair = default;
        var equals = text.IndexOf((byte)'=');
        if (equals is < 1 or > MaximumKeyLength)
            return false;
        var name = text[..equals];
        foreach (var c in name)
        {
            // key-name = ALPHA followed by letters, digits and . - + @ _
            if (!char.IsAsciiLetterOrDigit((char)c) && c is not ((byte)'.' or (byte)'-' or (byte)'+' or (byte)'@' or (byte)'_' or (byte)'#'))
                return false;
        }
        var value = text[(equals + 1)..];
        var key = Encoding.ASCII.GetString(name);
        if (value.Length > (key is "CHAP_R" or "CHAP_C" ? MaximumLongValueLength : MaximumValueLength))
            return false;
        try
        {
            pair = new(key, _strictUtf8.GetString(value));
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    public static void Append(List<byte> text, string key, string value)
    {
        text.AddRange(Encoding.UTF8.GetBytes(key));
        text.Add((byte)'=');
        text.AddRange(Encoding.UTF8.GetBytes(value));
        text.Add(0);
    }
}
