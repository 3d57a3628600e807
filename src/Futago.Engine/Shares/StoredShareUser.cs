namespace Futago.Engine.Shares;

/// <summary>A share user as kept in <c>shares.json</c>; the password is only in Samba's own database, as a hash.</summary>
/// <param name="Uid">Owner of the files that the user makes; never given to another one.</param>
internal sealed record StoredShareUser(string Name, int Uid);
