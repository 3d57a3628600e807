using Futago.Volumes;

namespace Futago.Engine.Shares;

/// <summary>Everybody who uses volumes, as one.</summary>
internal sealed class AllVolumeUsers(params IReadOnlyList<IVolumeUsers> users) : IVolumeUsers
{
    public IReadOnlyList<VolumeUser> UsersOf(Guid volumeId) => [.. users.SelectMany(u => u.UsersOf(volumeId))];

    public IReadOnlyList<string> ConnectedTo(Guid volumeId) => [.. users.SelectMany(u => u.ConnectedTo(volumeId))];

    public async Task ReleaseAsync(IReadOnlyCollection<Guid> volumeIds)
    {
        foreach (var user in users)
            await user.ReleaseAsync(volumeIds);
    }

    public async Task<IReadOnlyCollection<Guid>> LoseMediumAsync(IReadOnlyCollection<Guid> volumeIds)
    {
        var kept = new HashSet<Guid>();
        foreach (var user in users)
            kept.UnionWith(await user.LoseMediumAsync(volumeIds));
        return kept;
    }

    public bool IsWithoutMedium(Guid volumeId) => users.Any(u => u.IsWithoutMedium(volumeId));

    public void Grow(Guid volumeId, long newLengthBytes)
    {
        foreach (var user in users)
            user.Grow(volumeId, newLengthBytes);
    }
}
