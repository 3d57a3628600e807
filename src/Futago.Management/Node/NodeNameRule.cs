using System.Buffers;
using Futago.Engine.Contracts;

namespace Futago.Management.Node;

/// <summary>Node names are host-name labels, RFC 1123 section 2.1: they end up in certificates, IQNs and events.</summary>
public static class NodeNameRule
{
    private const int LengthMax = 63;
    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");

    public static string Check(string name)
    {
        var trimmed = name.Trim();
        if (!IsValid(trimmed))
            throw ProblemException.Invalid(ProblemCodes.NameInvalid,
                $"A node name has 1 to {LengthMax} letters, digits and hyphens, with no hyphen at either end.", "nodeName", ("name", trimmed));
        return trimmed;
    }

    public static bool IsValid(string name) =>
        name.Length is >= 1 and <= LengthMax && !name.AsSpan().ContainsAnyExcept(Allowed) && name[0] != '-' && name[^1] != '-';

    /// <summary>The nearest valid name, for a machine whose host name is not one.</summary>
    public static string From(string hostName)
    {
        var characters = hostName.Split('.')[0].Select(c => Allowed.Contains(c) ? c : '-').Take(LengthMax).ToArray();
        var name = new string(characters).Trim('-');
        return name.Length == 0 ? "node" : name;
    }
}
