using System.Net;
using Futago.DataReplication.Linux;
using Futago.DataReplication.Protocol;
using Futago.Volumes;

namespace Futago.DataReplication.Agent;

/// <summary>A share that accepts data replication.</summary>
/// <param name="Name">1–32 of <c>a-z A-Z 0-9 _ -</c>: it becomes the name of an rsync module and of a lock file.</param>
/// <param name="VolumeId">The NAS volume that a snapshot is taken of after a good run.</param>
/// <param name="Root">Where the volume is mounted; null while it is not.</param>
/// <param name="Folder">Below the root, with <c>/</c> between names; empty for the root itself.</param>
/// <param name="Allowed">Networks that sources may come from; empty: none.</param>
public sealed record AgentShare(
    string Name,
    Guid VolumeId,
    string? Root,
    string Folder,
    string User,
    string Password,
    IReadOnlyList<IPNetwork> Allowed)
{
    private readonly Lazy<byte[]> _key = new(() => AgentProof.DeriveKey(User, Password));

    internal byte[] Key => _key.Value;

    /// <summary>One for each directory, however it is reached: two runs never write to one destination at once.</summary>
    internal string LockName => $"{VolumeId:n}-{FolderWalk.KeyOf(Folder)}";

    public bool Allows(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return Allowed.Any(n => n.Contains(plain));
    }

    /// <summary>Never the password: records print their members, and logs print records.</summary>
    public override string ToString() => $"AgentShare {{ Name = {Name}, User = {User} }}";
}

/// <summary>Where the agent finds its shares, as they are now.</summary>
public interface IAgentShares
{
    IReadOnlyList<AgentShare> List();

    /// <summary>Takes a snapshot of the share's volume and deletes older ones of the same owner beyond <paramref name="keep"/>.</summary>
    /// <returns>Name of the snapshot.</returns>
    Task<string> SnapshotAsync(AgentShare share, string owner, int keep);
}

/// <param name="PlainPort">Null (the default): data is only accepted over TLS. A port: rsync without TLS as well.</param>
public sealed record AgentSettings(IPAddress Listen, int TlsPort, int? PlainPort);

/// <summary>What the agent does now.</summary>
/// <param name="Problem">Why it does not listen although it is enabled, or null.</param>
/// <param name="Fingerprint">SHA-256 of its certificate, lower-case hexadecimal.</param>
public sealed record AgentState(bool Enabled, bool Listening, StorageProblem? Problem, string Fingerprint, string? RsyncVersion, int Connections);
