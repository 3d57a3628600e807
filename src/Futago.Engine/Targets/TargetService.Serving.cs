using System.Collections.Immutable;
using System.Net;
using Futago.Engine.CdRoms;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Node;
using Futago.Engine.Mode;
using Futago.Engine.Replication;
using Futago.Engine.Reservations;
using Futago.Engine.Status;
using Futago.Iscsi;
using Futago.Scsi;
using Futago.Scsi.LogicalUnits;
using Futago.Volumes;

namespace Futago.Engine.Targets;

/// <summary>The difference between what is configured and what is served, applied.</summary>
internal sealed partial class TargetService
{
    public IReadOnlyList<VolumeUser> UsersOf(Guid volumeId) =>
    [
        .. _configuration.Targets.SelectMany(t => t.Luns.Where(l => l.VolumeId == volumeId).Select(l => l.Lun)
            .Concat(t.CdRoms.Where(c => c.VolumeId == volumeId).Select(c => c.Lun))
            .Select(lun => new VolumeUser(t.Name, lun, t.Started))),
    ];

    public IReadOnlyList<string> ConnectedTo(Guid volumeId)
    {
        var sessions = _server.Sessions;
        return
        [
            .. from user in UsersOf(volumeId)
               where user.Active
               from session in sessions
               where session.TargetName == user.Target
               select $"initiator {session.InitiatorName} on {user.Description}",
        ];
    }

    public void Grow(Guid volumeId, long newLengthBytes)
    {
        if (_open.TryGetValue(volumeId, out var volume))
            volume.GrowTo(newLengthBytes);
    }

    public async Task ReleaseAsync(IReadOnlyCollection<Guid> volumeIds)
    {
        await _gate.WaitAsync();
        try
        {
            foreach (var target in _served.Values)
            {
                if (target.Luns.Any(l => volumeIds.Contains(l.Configuration.VolumeId)))
                    await SetUnitsAsync(target, [.. target.Luns.Where(l => !volumeIds.Contains(l.Configuration.VolumeId))], target.Drives);
                foreach (var drive in target.Drives.Where(d => d.IsOn(volumeIds)))
                    await drive.UnloadAsync();
            }
            foreach (var id in volumeIds)
                await CloseAsync(id);
        }
        finally
        {
            _gate.Release();
        }
        Wake();
    }

    /// <summary>Looks anew at what is served; when this returns, no volume is open in another way than it should be.</summary>
    public async Task ReconcileAsync()
    {
        await _gate.WaitAsync();
        try
        {
            if (!_stopped)
                await ReconcileLockedAsync();
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task ReconcileLockedAsync()
    {
        var configuration = _configuration;
        var wanted = configuration.Targets.Where(t => t.Started).ToDictionary(t => t.Name, StringComparer.Ordinal);
        foreach (var name in _served.Keys.Where(n => !wanted.ContainsKey(n)).ToList())
            await StopTargetAsync(name);

        ForgetReservations(wanted.Values);

        var problems = new List<LunProblem>();
        var targetProblems = ImmutableDictionary.CreateBuilder<string, Problem>(StringComparer.Ordinal);
        foreach (var target in wanted.Values)
        {
            try
            {
                await ServeAsync(target, problems);
            }
            catch (Exception e) when (e is ArgumentException or IOException or InvalidOperationException)
            {
                // One target that cannot be served does not keep the others from it.
                LogReconcileFailed(_logger, e);
                targetProblems[target.Name] = new Problem(ProblemCodes.ConfigurationInvalid, $"Target {target.Name} cannot be served: {e.Message}");
            }
        }
        ReportLunChanges(_lunProblems, problems);
        _lunProblems = problems;
        _targetProblems = targetProblems.ToImmutable();

        foreach (var volume in _retired)
            await volume.DisposeAsync();
        _retired.Clear();
        var used = _served.Values.SelectMany(t => t.Luns.Select(l => l.Configuration.VolumeId)).ToHashSet();
        foreach (var unused in _open.Keys.Where(id => !used.Contains(id)))
            await CloseAsync(unused);
        SetPortals(configuration.Portals);
        CheckSpace();
        foreach (var lun in _served.Values.SelectMany(t => t.Luns))
            lun.Unit.CheckThreshold();
    }

    private async Task ServeAsync(TargetConfiguration configuration, List<LunProblem> problems)
    {
        var isNew = !_served.TryGetValue(configuration.Name, out var target);
        target ??= new ServedTarget(new ScsiTarget(
            new ScsiTargetOptions { Name = configuration.Name, PortalGroupTag = PortalGroupTag }, _time, _loggers.CreateLogger<ScsiTarget>(), _copies));
        _served[configuration.Name] = target;

        var luns = new List<ServedLun>();
        foreach (var lun in configuration.Luns)
        {
            if (Serve(configuration.Name, target, lun, out var problem) is { } served)
                luns.Add(served);
            else
                problems.Add(new LunProblem(configuration.Name, lun.Lun, problem!));
        }
        var drives = await PrepareDrivesAsync(configuration, target, problems);
        if (!luns.SequenceEqual(target.Luns) || !drives.SequenceEqual(target.Drives))
            await SetUnitsAsync(target, luns, drives);

        // Announced last: who logs in finds the LUNs there.
        var announced = configuration with { Luns = [], CdRoms = [] };
        var gate = GateOf(configuration.Id);
        if (target.Announced is null || !ReferenceEquals(target.Gate, gate) || !SameAnnouncement(target.Announced, announced))
        {
            _server.SetTarget(new IscsiTargetDefinition(
                configuration.Name,
                configuration.Alias,
                PortalGroupTag,
                target.Scsi,
                AccessRules.Build(configuration.AccessRules),
                configuration.Chap is { } chap ? new ChapAccount(chap.User, chap.Secret, chap.MutualUser, chap.MutualSecret) : null)
            {
                Gate = gate,
            });
            (target.Announced, target.Gate) = (announced, gate);
        }
        if (isNew)
            _journal.Append(EventSeverity.Info, EventCodes.TargetStarted, configuration.Name, $"Target {configuration.Name} was started.", ("target", configuration.Name));
    }

    /// <summary>Gives the LUN as it is served already, or newly opened, or the reason why it cannot be.</summary>
    private ServedLun? Serve(string targetName, ServedTarget target, LunConfiguration lun, out Problem? problem)
    {
        problem = null;
        if (_catalogue!.FindUsable(lun.VolumeId, out var path, out var storageProblem) is not { } volume)
        {
            problem = Mapping.ToProblem(storageProblem!);
            var withoutMedium = Replicated?.FindWithoutMedium(lun.VolumeId);
            return withoutMedium is null ? null : target.Luns.FirstOrDefault(l => l.Configuration == lun && ReferenceEquals(l.Volume, withoutMedium));
        }
        if (_catalogue.WhyLocked(volume.Id) is { } locked)
        {
            problem = Mapping.ToProblem(locked);
            return null;
        }
        if (Open(volume, path!, out problem) is not { } open)
            return null;
        // One that is served unchanged stays the same object: nothing happens to its sessions.
        var present = target.Luns.FirstOrDefault(l => l.Configuration == lun && ReferenceEquals(l.Volume, open));
        if (present is not null)
            return present;
        LogServing(_logger, path!, targetName, lun.Lun);
        return new ServedLun(lun, open, new LogicalUnit(
            new LogicalUnitOptions(
                lun.Lun, new LogicalUnitIdentity(lun.ScsiId, lun.Serial), lun.BlockSize, lun.ReadOnly || volume.ReadOnly, lun.WriteBack, lun.Removable, volume.Thin),
            open.Device,
            new UnitFacilities(ReservationsOf(targetName, lun, path!, volume.DataPath, open.Mirror).Table, open.Sanitize, open.Journal,
                new ModeFile(Path.GetDirectoryName(volume.DataPath)!, lun.ScsiId))));
    }

    /// <summary>The LUN's reservations go on when only its unit is set up anew; from the disk they come when its target starts.</summary>
    private VolumeReservations ReservationsOf(string targetName, LunConfiguration lun, string path, string dataPath, IReservationMirror? mirror)
    {
        if (_reservations.TryGetValue(lun.VolumeId, out var known) && known.IsOf(targetName, lun.ScsiId) && ReferenceEquals(known.Mirror, mirror))
            return known;
        var opened = VolumeReservations.Open(Path.GetDirectoryName(dataPath)!, targetName, lun.ScsiId, _time, mirror, out var setAside);
        if (setAside is not null)
            _journal.Append(
                EventSeverity.Error, EventCodes.LunReservationsDamaged, targetName,
                $"The stored reservations of volume {path} (LUN {lun.Lun} of target {targetName}) cannot be used and were set aside as {setAside}. Cluster members have to register again.",
                ("target", targetName), ("lun", $"{lun.Lun}"), ("volume", path), ("file", setAside));
        return _reservations[lun.VolumeId] = opened;
    }

    /// <summary>What did not persist is gone when the LUN or its target is taken away: to initiators that is a loss of power.</summary>
    private void ForgetReservations(IEnumerable<TargetConfiguration> started)
    {
        var present = started.SelectMany(t => t.Luns.Select(l => (l.VolumeId, Target: t.Name, l.ScsiId))).ToDictionary(l => l.VolumeId);
        foreach (var (volumeId, reservations) in _reservations.ToList())
        {
            if (!present.TryGetValue(volumeId, out var lun) || !reservations.IsOf(lun.Target, lun.ScsiId))
                _reservations.Remove(volumeId);
        }
    }

    private static async Task SetUnitsAsync(ServedTarget target, IReadOnlyList<ServedLun> luns, IReadOnlyList<CdRomDrive> drives)
    {
        // Commands on LUNs that go away end before this completes; only then may their volumes be closed.
        await target.Scsi.SetLogicalUnits([.. luns.Select(l => l.Unit), .. drives.Select(d => d.Unit)]);
        var gone = target.Drives.Except(drives).ToList();
        (target.Luns, target.Drives) = (luns, drives);
        foreach (var drive in gone)
            await drive.CloseAsync();
    }

    private async Task StopTargetAsync(string name)
    {
        await _server.RemoveTargetAsync(name);
        _served.Remove(name, out var target);
        await SetUnitsAsync(target!, [], []);
        _copies.Remove(target!.Scsi);
        _journal.Append(EventSeverity.Info, EventCodes.TargetStopped, name, $"Target {name} was stopped.", ("target", name));
    }

    private async Task CloseAsync(Guid volumeId)
    {
        if (_open.TryRemove(volumeId, out var volume))
            await volume.DisposeAsync();
    }

    private void SetPortals(IReadOnlyList<PortalConfiguration> wanted)
    {
        var endpoints = wanted.Select(p => new IPEndPoint(IPAddress.Parse(p.Address), p.Port)).ToList();
        var results = _server.SetPortals(endpoints);
        var before = _portals;
        var after = new List<PortalStatus>(wanted.Count);
        foreach (var portal in wanted)
        {
            var endpoint = new IPEndPoint(IPAddress.Parse(portal.Address), portal.Port);
            var result = results.First(r => r.Requested.Equals(endpoint));
            var problem = result.Listening
                ? null
                : new Problem(
                    ProblemCodes.PortalInUse, $"The portal {endpoint} cannot be opened: {result.Error}. It is tried again every few seconds.", null,
                    new Dictionary<string, string> { ["portal"] = endpoint.ToString(), ["reason"] = result.Error ?? "" });
            after.Add(new PortalStatus(portal.Address, portal.Port, result.Listening, problem));
            var known = before.FirstOrDefault(p => p.Address == portal.Address && p.Port == portal.Port);
            if (known is not null && known.Listening == result.Listening)
                continue;
            if (result.Listening)
                _journal.Append(EventSeverity.Info, EventCodes.PortalListening, null, $"The portal {endpoint} is open.", ("portal", endpoint.ToString()));
            else
                _journal.Append(EventSeverity.Error, EventCodes.PortalFailed, null, problem!.Detail, ("portal", endpoint.ToString()), ("reason", result.Error ?? ""));
        }
        _portals = after;
    }

    private void ReportLunChanges(IReadOnlyList<LunProblem> before, List<LunProblem> now)
    {
        foreach (var lost in now.Where(p => !before.Any(b => b.Target == p.Target && b.Lun == p.Lun)))
            _journal.Append(
                EventSeverity.Error, EventCodes.LunOffline, lost.Target, $"LUN {lost.Lun} of target {lost.Target} is not available: {lost.Problem.Detail}",
                ("target", lost.Target), ("lun", $"{lost.Lun}"), ("reason", lost.Problem.Detail));
        foreach (var back in before.Where(p => !now.Exists(n => n.Target == p.Target && n.Lun == p.Lun)
            && _served.TryGetValue(p.Target, out var target) && target.Luns.Any(l => l.Configuration.Lun == p.Lun)))
            _journal.Append(
                EventSeverity.Info, EventCodes.LunOnline, back.Target, $"LUN {back.Lun} of target {back.Target} is available.",
                ("target", back.Target), ("lun", $"{back.Lun}"));
    }

    private static bool SameAnnouncement(TargetConfiguration a, TargetConfiguration b) =>
        a.Name == b.Name && a.Alias == b.Alias && a.Chap == b.Chap && a.AccessRules.SequenceEqual(b.AccessRules);

    [LoggerMessage(2002, LogLevel.Information, "Serving {Volume} as LUN {Lun} of {Target}")]
    private static partial void LogServing(ILogger logger, string volume, string target, int lun);
}
