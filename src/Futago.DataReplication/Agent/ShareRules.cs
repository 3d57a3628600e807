namespace Futago.DataReplication.Agent;

/// <summary>What names, users, passwords and folders may look like.</summary>
public static class ShareRules
{
    private const int FolderLengthMax = 1024;

    public static bool IsName(string? name) =>
        name is { Length: > 0 and <= 32 } && char.IsAsciiLetter(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    /// <summary>1–32 of <c>a-z A-Z 0-9 . _ -</c>, letter first: stands in a secrets file and in a list of users.</summary>
    public static bool IsUser(string? user) =>
        user is { Length: > 0 and <= 32 } && char.IsAsciiLetter(user[0]) && user.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    /// <summary>8–128 printable ASCII characters, no blank at either end.</summary>
    public static bool IsPassword(string? password) =>
        password is { Length: >= 8 and <= 128 } && password.All(c => c is >= ' ' and <= '~') && password.Trim() == password;

    /// <summary>A relative path that stays below where it begins; empty for the beginning itself.</summary>
    public static bool IsFolder(string? folder) =>
        folder is { Length: <= FolderLengthMax }
        && !folder.Any(c => char.IsControl(c) || c is '%' or '\\' || char.IsSurrogate(c))
        && (folder.Length == 0 || folder.Split('/').All(part => part.Length > 0 && part is not ("." or "..") && part.Trim() == part));
}
