using System.Net;
using Futago.Engine.Contracts;

namespace Futago.Engine.Shares;

/// <summary>
/// What may stand in a share. Every value ends up in smb.conf, where a line break would begin another setting, <c>%</c> a
/// substitution (smb.conf(5), VARIABLE SUBSTITUTIONS), <c>[</c> a section and a backslash at the end of a line its continuation.
/// </summary>
internal static class ShareRules
{
    private const int NameLengthMaximum = 32;
    private const int CommentLengthMaximum = 128;
    private const int FolderLengthMaximum = 512;
    private const int FolderNameBytesMaximum = 255;
    private const int PasswordLengthMinimum = 8;
    private const int PasswordLengthMaximum = 127;
    private const int ListMaximum = 256;

    /// <summary>Sections of smb.conf with a meaning of their own, and names that clients treat as special.</summary>
    private static readonly HashSet<string> ReservedNames = new(StringComparer.OrdinalIgnoreCase) { "global", "homes", "printers", "print", "ipc", "admin" };

    public static void CheckName(string? name)
    {
        if (name is not { Length: >= 1 and <= NameLengthMaximum } || !char.IsAsciiLetter(name[0])
            || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') || ReservedNames.Contains(name))
            throw ProblemException.Invalid(
                ProblemCodes.NameInvalid,
                $"“{Printable(name)}” cannot be the name of a share: use 1 to {NameLengthMaximum} of the characters a-z A-Z 0-9 _ -, starting with a letter, and none of {string.Join(", ", ReservedNames)}.",
                "name", ("name", Printable(name)));
    }

    public static void CheckUserName(string? name)
    {
        if (name is not { Length: >= 1 and <= NameLengthMaximum } || !char.IsAsciiLetterLower(name[0])
            || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-') || name is "root" or "nobody" or SambaAccounts.GuestName)
            throw ProblemException.Invalid(
                ProblemCodes.NameInvalid,
                $"“{Printable(name)}” cannot be the name of a share user: use 1 to {NameLengthMaximum} of the characters a-z 0-9 _ -, starting with a letter, and not root or nobody.",
                "name", ("name", Printable(name)));
    }

    public static void CheckPassword(string? password)
    {
        if (password is not { Length: >= PasswordLengthMinimum and <= PasswordLengthMaximum } || password.Any(char.IsControl))
            throw ProblemException.Invalid(
                ProblemCodes.SharePasswordInvalid,
                $"The password of a share user has {PasswordLengthMinimum} to {PasswordLengthMaximum} characters, without line breaks and other control characters.", "password");
    }

    public static string? CheckComment(string? comment)
    {
        if (string.IsNullOrWhiteSpace(comment))
            return null;
        var trimmed = comment.Trim();
        if (trimmed.Length > CommentLengthMaximum || trimmed.Any(c => char.IsControl(c) || char.IsSurrogate(c) || c is '%' or '\\' or '"'))
            throw ProblemException.Invalid(
                ProblemCodes.ShareCommentInvalid, $"A comment has at most {CommentLengthMaximum} printable characters, without %, \\ and \".", "comment");
        return trimmed;
    }

    /// <returns>The folder in normal form: names with one slash between them.</returns>
    public static string CheckFolder(string? folder)
    {
        var trimmed = (folder ?? "").Trim('/');
        if (trimmed.Length == 0)
            return "";
        var names = trimmed.Split('/');
        if (trimmed.Length > FolderLengthMaximum || !names.All(IsFolderName))
            throw ProblemException.Invalid(
                ProblemCodes.ShareFolderInvalid,
                $"“{Printable(folder)}” cannot be shared: names of folders are separated by /, begin with no dot, neither begin nor end with a blank, and contain no control characters and none of % \\ \" : * ? < > | ; #.",
                "folder", ("folder", Printable(folder)));
        return string.Join('/', names);
    }

    /// <returns>Addresses and subnets in normal form.</returns>
    public static IReadOnlyList<string> CheckHosts(IReadOnlyList<string>? hosts)
    {
        CheckCount(hosts, "allowedHosts");
        return [.. (hosts ?? []).Select(CheckHost).Distinct(StringComparer.Ordinal)];
    }

    public static IReadOnlyList<string> CheckUsers(IReadOnlyList<string>? users, IReadOnlyList<StoredShareUser> known)
    {
        CheckCount(users, "users");
        foreach (var user in users ?? [])
        {
            if (!known.Any(k => k.Name == user))
                throw ProblemException.Invalid(
                    ProblemCodes.ShareUserNotFound, $"There is no share user “{Printable(user)}”; add the user first.", "users", ("user", Printable(user)));
        }
        return [.. (users ?? []).Distinct(StringComparer.Ordinal)];
    }

    public static string Printable(string? text) => new([.. (text ?? "").Take(64).Select(c => char.IsControl(c) ? '?' : c)]);

    private static bool IsFolderName(string name) =>
        name.Length > 0 && name[0] is not ('.' or ' ') && name[^1] is not ' '
        && System.Text.Encoding.UTF8.GetByteCount(name) <= FolderNameBytesMaximum
        && !name.Any(c => char.IsControl(c) || char.IsSurrogate(c) || c is '%' or '\\' or '"' or ':' or '*' or '?' or '<' or '>' or '|' or ';' or '#');

    private static string CheckHost(string? host)
    {
        var text = host?.Trim() ?? "";
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var address = slash < 0 ? text : text[..slash];
        // Only all four numbers: IPAddress.TryParse by itself would take "1" for 0.0.0.1. And no zone: smb.conf has none.
        if (IPAddress.TryParse(address, out var parsed) && !address.Contains('%', StringComparison.Ordinal)
            && (address.Contains(':', StringComparison.Ordinal) || address.Count(c => c == '.') == 3))
        {
            if (slash < 0)
                return parsed.ToString();
            // Bits beyond the prefix (10.77.0.5/24) might be a typing error.
            if (IPNetwork.TryParse(text, out var network) && network.BaseAddress.Equals(parsed))
                return network.ToString();
        }
        throw ProblemException.Invalid(
            ProblemCodes.ShareHostInvalid, $"“{Printable(host)}” is not an IP address or a subnet such as 10.77.0.0/24 (with no bits beyond its prefix).", "allowedHosts",
            ("host", Printable(host)));
    }

    private static void CheckCount(IReadOnlyList<string>? list, string field)
    {
        if (list?.Count > ListMaximum)
            throw ProblemException.Invalid(ProblemCodes.RequestMalformed, $"At most {ListMaximum} entries are possible.", field);
    }
}
