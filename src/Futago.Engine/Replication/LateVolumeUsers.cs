using Futago.Volumes;

namespace Futago.Engine.Replication;

/// <summary>Users of volumes that are made after the catalogue which asks them.</summary>
internal sealed class LateVolumeUsers(Func<IVolumeUsers> users) : IVolumeUsers
{
    private readonly Lazy<IVolumeUsers> _users = new(users);

    public IReadOnlyList<VolumeUser> UsersOf(Guid volumeId) => _users.Value.UsersOf(volumeId);

    public IReadOnlyList<string> ConnectedTo(Guid volumeId) => _users.Value.ConnectedTo(volumeId);

    public Task ReleaseAsync(IReadOnlyCollection<Guid> volumeIds) => _users.Value.ReleaseAsync(volumeIds);

    public Task<IReadOnlyCollection<Guid>> LoseMediumAsync(IReadOnlyCollection<Guid> volumeIds) => _users.Value.LoseMediumAsync(volumeIds);

    public bool IsWithoutMedium(Guid volumeId) => _users.Value.IsWithoutMedium(volumeId);

    public void Grow(Guid volumeId, long newLengthBytes) => _users.Value.Grow(volumeId, newLengthBytes);
}
