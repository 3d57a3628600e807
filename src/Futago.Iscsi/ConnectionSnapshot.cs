namespace Futago.Iscsi;

/// <param name="RemoteAddress">Address and port.</param>
/// <param name="LocalAddress">Address and port.</param>
public sealed record ConnectionSnapshot(int Cid, string RemoteAddress, string LocalAddress);
