using Futago.Engine.Contracts;
using Futago.Engine.Replication;
using Futago.Iscsi;
using Futago.Volumes.LogicalVolumes;

namespace Futago.Engine.Targets;

/// <summary>How volumes are opened: their file, or through their replication.</summary>
internal sealed partial class TargetService
{
    /// <summary>Which volumes are replicated; set once, before the start.</summary>
    public IReplicatedVolumes? Replicated { get; set; }

    /// <summary>The gate of a target that moves between the nodes; set once, before the start.</summary>
    public Func<Guid, ITargetGate?> GateOf { get; set; } = _ => null;

    /// <summary>Ends the sessions of these targets at once, without an answer.</summary>
    public void EndSessionsOf(IReadOnlyList<Guid> targetIds)
    {
        foreach (var target in _configuration.Targets.Where(t => targetIds.Contains(t.Id)))
            _server.CloseSessionsOf(target.Name);
    }

    /// <summary>The TCP connections of these targets' sessions, as addresses with ports.</summary>
    public IEnumerable<(string Local, string Remote)> ConnectionsOf(IReadOnlyList<Guid> targetIds)
    {
        var names = _configuration.Targets.Where(t => targetIds.Contains(t.Id)).Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        return _server.Sessions.Where(s => s.TargetName is { } name && names.Contains(name)).SelectMany(s => s.Connections).Select(c => (c.LocalAddress, c.RemoteAddress));
    }

    /// <summary>The file of the volume is open here, past any replication.</summary>
    public bool HasFileOpen(Guid volumeId) => _open.TryGetValue(volumeId, out var open) && open.Mirror is null;

    /// <exception cref="IOException">It cannot be opened.</exception>
    public VolumeFile OpenFile(LogicalVolume volume, string path) => VolumeFile.Open(
        volume, () => OnVolumeFailed(path), status => OnVolumeFaulted(path, status), () => _catalogue!.TryMakeRoom(volume.Id), _logger);

    /// <summary>The other node was source meanwhile: its reservations count.</summary>
    public async Task ReloadReservationsAsync(Guid volumeId)
    {
        await _gate.WaitAsync();
        try
        {
            if (_reservations.TryGetValue(volumeId, out var reservations))
                await reservations.TakeOverAsync();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>The volume as it is to be served: through its replication if it has one. What it was open as before is closed when no LUN uses it any more.</summary>
    private OpenVolume? Open(LogicalVolume volume, string path, out Problem? problem)
    {
        problem = null;
        var served = Replicated?.Find(volume);
        _open.TryGetValue(volume.Id, out var open);
        if (open is not null && (served is null ? open.Mirror is null : ReferenceEquals(open, served)))
            return open;
        if (open is { Mirror: null })
            _retired.Add(open);
        try
        {
            if (served is null)
            {
                served = OpenVolume.Open(volume, OpenFile(volume, path));
                served.Sanitize!.Started += () => OnSanitizeStarted(volume.Id, path);
            }
            return _open[volume.Id] = served;
        }
        catch (IOException e)
        {
            _open.TryRemove(volume.Id, out _);
            problem = new Problem(ProblemCodes.VolumeFailed, $"Volume {path} cannot be opened: {e.Message}", null, new Dictionary<string, string> { ["volume"] = path, ["reason"] = e.Message });
            return null;
        }
    }
}
