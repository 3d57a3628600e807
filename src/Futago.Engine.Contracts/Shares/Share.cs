namespace Futago.Engine.Contracts.Shares;

/// <summary>A directory of a NAS volume, or of a snapshot of one, that is offered to users over SMB.</summary>
/// <param name="Name">1–32 of <c>a-z A-Z 0-9 _ -</c>, letter first; unique on the node without regard to case.</param>
/// <param name="VolumeId">The NAS volume, which may be away: then <see cref="Problem"/> says so.</param>
/// <param name="Volume">Path of the volume for people, <c>vg00/nas0</c>; null while it is away.</param>
/// <param name="Snapshot">Name of the snapshot that is shared instead of the volume itself; such a share is read-only.</param>
/// <param name="Folder">Below the root of the volume, with <c>/</c> between names; empty for the root.</param>
/// <param name="Guest">True: users without a password are let in. Off by default.</param>
/// <param name="AllowedHosts">Addresses and subnets (<c>10.77.0.0/24</c>); empty: every host.</param>
/// <param name="Users">Share users who may connect; empty: all share users.</param>
/// <param name="Directory">Absolute path in the engine's mount namespace while the share is served; else null.</param>
/// <param name="Problem">Why it is not served now, or null.</param>
public sealed record ShareInfo(
    Guid Id,
    string Name,
    Guid VolumeId,
    string? Volume,
    string? Snapshot,
    string Folder,
    bool ReadOnly,
    bool Guest,
    IReadOnlyList<string> AllowedHosts,
    IReadOnlyList<string> Users,
    string? Comment,
    string? Directory,
    Problem? Problem);

/// <param name="Volume">Path of a NAS volume (<c>vg00/nas0</c>), or of a snapshot of one (<c>vg00/nas0@snap0000</c>).</param>
/// <param name="Folder">Made when it does not exist; null for the root of the volume.</param>
/// <param name="Comment">At most 128 printable characters.</param>
public sealed record CreateShareRequest(
    string Name,
    string Volume,
    string? Folder = null,
    bool ReadOnly = false,
    bool Guest = false,
    IReadOnlyList<string>? AllowedHosts = null,
    IReadOnlyList<string>? Users = null,
    string? Comment = null);

/// <summary>Changes to a share; null leaves a property as it is.</summary>
public sealed record UpdateShareRequest(
    bool? ReadOnly = null,
    bool? Guest = null,
    IReadOnlyList<string>? AllowedHosts = null,
    IReadOnlyList<string>? Users = null,
    string? Comment = null);

/// <summary>Someone who may connect to shares, with a password that only Samba's own database holds, as a hash.</summary>
public sealed record ShareUserInfo(string Name);

/// <param name="Password">8–127 characters. Never printed: records print their members, and logs print records.</param>
public sealed record SetShareUserRequest(string Password)
{
    public override string ToString() => "SetShareUserRequest { }";
}

/// <summary>One user on one share.</summary>
/// <param name="Dialect">SMB version in use (<c>SMB3_11</c>); null when it is not known.</param>
public sealed record ShareConnectionInfo(string Share, string User, string Address, DateTimeOffset? ConnectedAt, string? Dialect);

/// <summary>The SMB service of the node. It runs while there is a share.</summary>
/// <param name="Running">True when it accepts connections.</param>
/// <param name="Problem">Why it does not run although there are shares, or null.</param>
public sealed record SmbServiceInfo(bool Running, int Port, Problem? Problem);
