using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Futago.Management.Node;

/// <summary>
/// IP addresses as people mean them. <see cref="IPAddress.TryParse(string, out IPAddress)"/> also takes <c>10.1</c>, <c>010.0.0.1</c> (octal) and
/// <c>0x7f000001</c>, which would let in someone else than the administrator thought.
/// </summary>
public static class StrictAddress
{
    public static bool TryParse(string? text, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        if (string.IsNullOrEmpty(text) || text.Contains('%', StringComparison.Ordinal) || !IPAddress.TryParse(text, out var parsed))
            return false;
        if (parsed.AddressFamily == AddressFamily.InterNetwork)
        {
            if (!string.Equals(parsed.ToString(), text, StringComparison.Ordinal))
                return false;
        }
        else
        {
            if (text.AsSpan().IndexOfAny('[', ']') >= 0)
                return false;
            if (parsed.IsIPv4MappedToIPv6)
                parsed = parsed.MapToIPv4();
        }
        address = parsed;
        return true;
    }
}
