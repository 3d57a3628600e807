using Futago.Console.Client.Users;

namespace Futago.Management.Access;

/// <summary>Who is asking.</summary>
/// <param name="Name">User name, <c>user (token name)</c>, or <c>root (CLI)</c>; appears in the audit log.</param>
public sealed record Actor(string Name, UserRole Role)
{
    /// <summary>The user whose rights these are; null when it is no user of the node (<c>root (CLI)</c>).</summary>
    public string? User { get; init; }

    /// <summary>True for a person in front of a page, who may have left the desk; false for a program with a token.</summary>
    public bool Interactive { get; init; }
}
