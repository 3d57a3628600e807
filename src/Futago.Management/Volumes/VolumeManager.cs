using Futago.Console.Client.Events;
using Futago.Console.Client.Users;
using Futago.Console.Client.Volumes;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Volumes;
using Futago.Management.Access;
using Futago.Management.Engine;
using Futago.Management.Events;
using Futago.Management.Node;

namespace Futago.Management.Volumes;

/// <summary>Units, groups and volumes live in the engine; the console adds who may do what, the audit log and the LUNs.</summary>
public sealed partial class VolumeManager(
    EngineClient engine,
    IConfigurationStore store,
    ConfigurationPublisher publisher,
    ICurrentActor currentActor,
    AuditLog audit,
    LiveRefresh live,
    HostIdentity host) : IVolumeManager
{
    public async Task<IReadOnlyList<UnitInfo>> ListUnitsAsync(CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        return await engine.ListUnitsAsync(cancellation);
    }

    public async Task<string> GetImageDirectoryAsync(CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        return host.ImageDirectory;
    }

    public async Task<UnitInfo> CreateImageAsync(CreateImageRequest request, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var unit = await engine.CreateImageAsync(request, cancellation);
        await live.StorageAsync(cancellation);
        await audit.RecordAsync(actor, ConsoleEventCodes.ImageCreated, unit.Path, $"Image file {unit.Path} of {ByteSize.Format(unit.SizeBytes)} was created.");
        return unit;
    }

    public async Task DeleteImageAsync(string path, string confirm, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        CheckConfirmation(path, confirm);
        await engine.DeleteImageAsync(path, cancellation);
        await live.StorageAsync(cancellation);
        await audit.RecordAsync(actor, ConsoleEventCodes.ImageDeleted, path, $"Image file {path} was deleted.");
    }

    public async Task<IReadOnlyList<GroupInfo>> ListGroupsAsync(CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        return await engine.ListGroupsAsync(cancellation);
    }

    public async Task<GroupInfo> CreateGroupAsync(CreateGroupRequest request, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var group = await engine.CreateGroupAsync(request, cancellation);
        await live.StorageAsync(cancellation);
        await audit.RecordAsync(actor, ConsoleEventCodes.GroupCreated, group.Name, $"Volume group {group.Name} was created on {group.UnitPath}.");
        return group;
    }

    public async Task<GroupInfo> ImportGroupAsync(ImportGroupRequest request, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var group = await engine.ImportGroupAsync(request, cancellation);
        await live.StorageAsync(cancellation);
        await audit.RecordAsync(actor, ConsoleEventCodes.GroupImported, group.Name, $"Volume group {group.Name} was imported from {group.UnitPath}.");
        return group;
    }

    public async Task ExportGroupAsync(string group, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        await CheckGroupUnusedAsync(group, cancellation);
        await engine.ExportGroupAsync(group, cancellation);
        await live.StorageAsync(cancellation);
        await audit.RecordAsync(actor, ConsoleEventCodes.GroupExported, group, $"Volume group {group} was exported.");
    }

    public async Task DestroyGroupAsync(string group, string confirm, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        CheckConfirmation(group, confirm);
        var volumes = await CheckGroupUnusedAsync(group, cancellation);
        await engine.DestroyGroupAsync(group, new DeleteRequest(confirm), cancellation);
        await live.StorageAsync(cancellation);
        await audit.RecordAsync(actor, ConsoleEventCodes.GroupDestroyed, group, $"Volume group {group} was destroyed with all that was on it (volumes: {volumes.Count}).",
            before: volumes.Select(v => new { v.Path, v.SizeBytes }));
        await RemoveLunsAsync(actor, volumes, cancellation);
    }

    public async Task<IReadOnlyList<VolumeInfo>> ListVolumesAsync(CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        return await engine.ListVolumesAsync(cancellation);
    }

    public async Task<IReadOnlyList<IsoImageInfo>> ListIsoImagesAsync(string path, CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Viewer);
        var volume = await FindAsync(path, cancellation);
        return await engine.ListIsoImagesAsync(volume.Group, volume.Name, cancellation);
    }

    public async Task<VolumeInfo> CreateVolumeAsync(string group, CreateVolumeRequest request, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var volume = await engine.CreateVolumeAsync(group, request, cancellation);
        await live.StorageAsync(cancellation);
        await audit.RecordAsync(actor, ConsoleEventCodes.VolumeCreated, volume.Path, $"Volume {volume.Path} of {ByteSize.Format(volume.SizeBytes)} was created.");
        return volume;
    }

    public async Task<VolumeInfo> UpdateVolumeAsync(string path, UpdateVolumeRequest request, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var before = await FindAsync(path, cancellation);
        var after = await engine.UpdateVolumeAsync(before.Group, before.Name, request, cancellation);
        await live.StorageAsync(cancellation);
        await audit.RecordAsync(actor, ConsoleEventCodes.VolumeChanged, path, $"Volume {path} was changed.", Summary(before), Summary(after));
        return after;
    }

    private static void CheckConfirmation(string name, string confirm)
    {
        if (!string.Equals(confirm?.Trim(), name, StringComparison.Ordinal))
            throw ProblemException.Invalid(ProblemCodes.ConfirmationMismatch, $"Type the name {name} to confirm.", "confirm", ("name", name));
    }

    private static object Summary(VolumeInfo volume) =>
        new { volume.Path, volume.SizeBytes, volume.Initialisation?.SpeedLimitBytesPerSecond };
}
