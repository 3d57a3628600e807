namespace Futago.Volumes.Tests;

internal sealed class FakeVolumeUsers : IVolumeUsers
{
    public Dictionary<Guid, VolumeUser> Users { get; } = [];

    public List<Guid> Released { get; } = [];

    public List<(Guid Volume, long Length)> Grown { get; } = [];

    /// <summary>Runs when volumes are to be let go, as the engine closes its devices.</summary>
    public Func<Task> OnRelease { get; set; } = () => Task.CompletedTask;

    public IReadOnlyList<VolumeUser> UsersOf(Guid volumeId) => Users.TryGetValue(volumeId, out var user) ? [user] : [];

    /// <summary>Who is connected, by volume.</summary>
    public Dictionary<Guid, string> Connections { get; } = [];

    public IReadOnlyList<string> ConnectedTo(Guid volumeId) => Connections.TryGetValue(volumeId, out var connection) ? [connection] : [];

    public async Task ReleaseAsync(IReadOnlyCollection<Guid> volumeIds)
    {
        Released.AddRange(volumeIds);
        await OnRelease();
    }

    /// <summary>Runs when a medium is lost, and says which of its volumes go on without.</summary>
    public Func<IReadOnlyCollection<Guid>, IReadOnlyCollection<Guid>> OnMediumLost { get; set; } = _ => [];

    public Task<IReadOnlyCollection<Guid>> LoseMediumAsync(IReadOnlyCollection<Guid> volumeIds) => Task.FromResult(OnMediumLost(volumeIds));

    public void Grow(Guid volumeId, long newLengthBytes) => Grown.Add((volumeId, newLengthBytes));
}
