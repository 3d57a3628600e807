using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Management.DataReplication;

/// <summary>A folder of a NAS volume of this node, found by the name of a share or the path of a volume.</summary>
/// <param name="Folder">Below the root of the volume, with <c>/</c> between names; empty for all of it.</param>
public sealed record ReplicationEndpoint(VolumeInfo Volume, string Folder)
{
    private const int FolderLengthMax = 1024;

    /// <param name="name">A share, or <c>group/volume</c>.</param>
    /// <param name="folder">Below it; null for all of it.</param>
    /// <exception cref="ProblemException">There is none, or it is not a NAS volume.</exception>
    public static async Task<ReplicationEndpoint> FindAsync(EngineClient engine, string name, string? folder, string field, CancellationToken cancellation)
    {
        var below = CheckFolder(folder);
        var volumes = await engine.ListVolumesAsync(cancellation);
        if (name.Contains('/', StringComparison.Ordinal))
        {
            var volume = volumes.FirstOrDefault(v => v.Path == name)
                ?? throw new ProblemException(new Problem(ProblemCodes.VolumeNotFound, $"There is no volume {name}.", field, Args("volume", name)), 404);
            return new ReplicationEndpoint(CheckType(volume, field), below);
        }
        var share = (await engine.ListSharesAsync(cancellation)).FirstOrDefault(s => string.Equals(s.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? throw new ProblemException(new Problem(ProblemCodes.ShareNotFound, $"There is no share {name} on this node.", field, Args("share", name)), 404);
        if (share.Snapshot is not null)
            throw ProblemException.Invalid(ProblemCodes.ReplicationPathInvalid, $"The share {share.Name} offers a snapshot; name a share of a volume.", field, ("path", share.Name));
        var found = volumes.FirstOrDefault(v => v.Id == share.VolumeId)
            ?? throw ProblemException.Conflict(ProblemCodes.VolumeNotFound, $"The volume of the share {share.Name} is away.", field, ("volume", share.Volume ?? share.Name));
        return new ReplicationEndpoint(CheckType(found, field), share.Folder.Length == 0 ? below : below.Length == 0 ? share.Folder : $"{share.Folder}/{below}");
    }

    /// <summary>Whether one of the two is inside the other.</summary>
    public bool Overlaps(ReplicationEndpoint other) =>
        Volume.Id == other.Volume.Id && (Within(Folder, other.Folder) || Within(other.Folder, Folder));

    /// <summary>A relative path that stays below where it begins.</summary>
    public static string CheckFolder(string? folder)
    {
        var trimmed = folder?.Trim('/') ?? "";
        if (trimmed.Length == 0)
            return "";
        if (trimmed.Length > FolderLengthMax || trimmed.Any(c => char.IsControl(c) || c is '\\' or '%')
            || trimmed.Split('/').Any(part => part.Trim() is "" or "." or ".." || part.Trim() != part))
            throw ProblemException.Invalid(ProblemCodes.ReplicationPathInvalid,
                "A folder is a path below the source such as projects/2026, without “..”, backslashes, percent signs or control characters.", "folder",
                ("path", new string([.. trimmed.Take(64).Select(c => char.IsControl(c) ? '?' : c)])));
        return trimmed;
    }

    private static bool Within(string inner, string outer) => outer.Length == 0 || inner == outer || inner.StartsWith(outer + "/", StringComparison.Ordinal);

    private static VolumeInfo CheckType(VolumeInfo volume, string field) => volume.Type == VolumeType.Nas
        ? volume
        : throw ProblemException.Invalid(ProblemCodes.VolumeTypeUnsupported, $"{volume.Path} is not a NAS volume; data replication copies files.", field, ("type", volume.Type.ToString()));

    private static Dictionary<string, string> Args(string name, string value) => new() { [name] = value };
}
