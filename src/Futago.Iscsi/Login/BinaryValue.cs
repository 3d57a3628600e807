using System.Buffers.Text;
using System.Text;

namespace Futago.Iscsi.Login;

/// <summary>Binary values in text, RFC 7143 section 6.1: <c>0x</c> hexadecimal or <c>0b</c> base64.</summary>
internal static class BinaryValue
{
    /// <returns>The bytes, or null when the text is malformed or has another length than allowed.</returns>
    public static byte[]? TryDecode(string text, int minimumBytes, int maximumBytes)
    {
        var bytes = Decode(text, maximumBytes);
        return bytes is not null && bytes.Length >= minimumBytes && bytes.Length <= maximumBytes ? bytes : null;
    }

    private static byte[]? Decode(string text, int maximumBytes)
    {
        if (text.Length < 3 || text[0] != '0')
            return null;
        var digits = text.AsSpan(2);
        if (text[1] is 'x' or 'X')
        {
            if (digits.Length > maximumBytes * 2 || digits.Length % 2 != 0)
                return null;
            foreach (var c in digits)
            {
                if (!char.IsAsciiHexDigit(c))
                    return null;
            }
            return Convert.FromHexString(digits);
        }
        if (text[1] is not ('b' or 'B') || digits.Length > Base64.GetMaxEncodedToUtf8Length(maximumBytes))
            return null;
        var ascii = Encoding.UTF8.GetBytes(text[2..]);
        var result = new byte[Base64.GetMaxDecodedFromUtf8Length(ascii.Length)];
        return Base64.DecodeFromUtf8(ascii, result, out var consumed, out var written) == System.Buffers.OperationStatus.Done && consumed == ascii.Length
            ? result[..written]
            : null;
    }

    public static string Encode(byte[] value) => "0x" + Convert.ToHexStringLower(value);
}
