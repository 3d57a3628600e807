namespace Futago.Console.Client.Users;

/// <summary>Body of <c>POST /api/v1/tokens</c>.</summary>
/// <param name="User">Whose rights the token carries.</param>
/// <param name="Name">What it is for.</param>
public sealed record CreateTokenRequest(string User, string Name);
