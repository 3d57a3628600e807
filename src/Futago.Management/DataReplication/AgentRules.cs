using Futago.Engine.Contracts;
using Futago.Management.Node;
using Futago.Management.Targets;

namespace Futago.Management.DataReplication;

/// <summary>Checks of what people enter for agents.</summary>
public static class AgentRules
{
    private const int AllowedMax = 100;

    public static string CheckUser(string? user)
    {
        if (user is not { Length: > 0 and <= 32 } || !char.IsAsciiLetter(user[0]) || !user.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'))
            throw ProblemException.Invalid(ProblemCodes.AgentUserInvalid, "A data replication user has 1 to 32 of the characters a-z A-Z 0-9 . _ -, a letter first.", "user");
        return user;
    }

    public static string CheckPassword(string? password)
    {
        if (password is not { Length: >= 8 and <= 128 } || !password.All(c => c is >= ' ' and <= '~') || password.Trim() != password)
            throw ProblemException.Invalid(ProblemCodes.AgentPasswordInvalid,
                "A data replication password has 8 to 128 printable ASCII characters, with no blank at either end.", "password");
        return password;
    }

    /// <summary>An IP address or a host name.</summary>
    public static string CheckAddress(string? address, string field = "destination")
    {
        var trimmed = address?.Trim() ?? "";
        if (StrictAddress.TryParse(trimmed, out var parsed))
            return parsed.ToString();
        // RFC 1123 section 2.1: letters, digits and hyphens between dots. All digits would be an address that is none.
        var labels = trimmed.Split('.');
        var isName = trimmed.Length is > 0 and <= 253 && !char.IsAsciiDigit(labels[^1].FirstOrDefault('0'))
            && labels.All(l => l.Length is > 0 and <= 63 && l[0] != '-' && l[^1] != '-' && l.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'));
        return isName
            ? trimmed.ToLowerInvariant()
            : throw ProblemException.Invalid(ProblemCodes.AgentAddressInvalid, $"“{Printable(trimmed)}” is not an IP address or host name.", field, ("address", Printable(trimmed)));
    }

    public static int CheckPort(int port, string field) => port is >= 1 and <= 65535
        ? port
        : throw ProblemException.Invalid(ProblemCodes.PortalInvalid, $"The port {port} is outside 1–65535.", field, ("portal", $"{port}"));

    public static List<string> CheckAllowed(IReadOnlyList<string> allowed)
    {
        if (allowed.Count is 0 or > AllowedMax)
            throw ProblemException.Invalid(ProblemCodes.AgentAddressInvalid, $"Name 1 to {AllowedMax} addresses or subnets that sources may come from, or ALL.", "allowed", ("address", ""));
        return [.. allowed.Select(AccessAddress.Check).Distinct()];
    }

    private static string Printable(string text) => new([.. text.Take(64).Select(c => char.IsControl(c) ? '?' : c)]);
}
