using System.CommandLine;
using Futago.Cli.Output;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Cli.Commands;

internal static class VolumeCommands
{
    public static Command Create() => new("volume", "Logical volumes: space handed out of a volume group.")
    {
        List(),
        Show(),
        CreateVolume(),
        Set(),
        Expand(),
        Rename(),
        Delete(),
    };

    private static Argument<string> Path() => Values.Required("volume", "The volume as GROUP/NAME, for example vg00/lv0000.");

    private static Verb List() => new("list", "Lists the volumes.", async call =>
    {
        var volumes = await ReadAsync(call);
        call.Print(volumes, output =>
        {
            var table = new Table("VOLUME", "TYPE", ">SIZE", ">TAKEN", "SPACE", "I/O", "STATE", "USED BY");
            foreach (var volume in volumes)
            {
                table.Add(
                    volume.Path,
                    Type(volume.Type),
                    Format.Size(volume.SizeBytes),
                    Format.Size(volume.AllocatedBytes),
                    volume.Thin ? "thin" : "thick",
                    Format.Word(volume.IoType),
                    State(volume),
                    string.Join("; ", volume.UsedBy));
            }
            table.Write(output, "There are no volumes. Make one with futago volume create.");
        });
    });

    private static Verb Show()
    {
        var path = Path();
        return new Verb("show", "Shows a volume.", async call =>
        {
            var volume = Find(await ReadAsync(call), call.Value(path));
            call.Print(volume, output => Write(output, volume, call.Environment));
        }, path);
    }

    private static Verb CreateVolume()
    {
        var path = Values.Required("volume", "GROUP/NAME, or GROUP for the next default name (lv0000, lv0001, …).");
        var type = Values.Choice("--type", "Kind of volume; iscsi unless given.", "iscsi", "nas", "fc");
        var size = Values.Text("--size", "SIZE", "Size, for example 10GiB.", required: true);
        var thin = Values.Flag("--thin", "Take space only when it is written; without it all space is taken now.");
        var ioType = Values.Choice("--io-type", "block goes to the unit directly (the default), file through the file cache.", "block", "file");
        var limit = Values.Text("--initialisation-limit", "SPEED", "Highest speed of filling a thick file I/O volume with zeros, for example 50MiB/s.");
        return new Verb("create", "Makes a volume.", async call =>
        {
            var (group, name) = call.Value(path).Contains('/', StringComparison.Ordinal)
                ? Values.VolumePath(call.Value(path))
                : (call.Value(path), null);
            long? speed = call.Value(limit) is { } text ? Values.Speed(text, limit.Name) : null;
            var request = new CreateVolumeRequest(
                name,
                Values.Enumerated<VolumeType>(call.Value(type) ?? "iscsi"),
                Values.Size(call.Value(size)!, size.Name),
                call.Value(thin),
                Values.Enumerated<IoType>(call.Value(ioType) ?? "block"),
                speed is 0 ? null : speed);
            var volume = await call.Console.Volumes.CreateVolumeAsync(group, request, call.Cancellation);
            call.Print(volume, output => output.WriteLine($"Created the volume {volume.Path}, {Format.Size(volume.SizeBytes)}."));
        }, path, type, size, thin, ioType, limit);
    }

    private static Verb Set()
    {
        var path = Path();
        var limit = Values.Text("--initialisation-limit", "SPEED", "Highest speed of filling the volume with zeros, for example 50MiB/s; none removes the limit.");
        var reserve = Values.Number("--snapshot-reserve", "PERCENT", "Space for snapshots in percent of the volume's size; when they use more, the oldest are dropped.");
        var mode = Values.Choice("--replication", "Volume replication mode: source, destination (locked against every other use), or none, which clears mode and replication metadata.", "source", "destination", "none");
        var anyway = Values.Flag("--anyway", "With --replication none: also when only this volume has the newest data, or its data is not whole.");
        var yes = Values.Yes();
        return new Verb("set", "Changes a volume's settings.", async call =>
        {
            Values.VolumePath(call.Value(path));
            if (call.Value(mode) is { } wanted)
            {
                if (call.Has(limit) || call.Has(reserve))
                    throw new UsageException("--replication is set alone, without --initialisation-limit and --snapshot-reserve.");
                if (call.Value(anyway) && wanted != "none")
                    throw new UsageException("--anyway goes with --replication none.");
                await SetModeAsync(call, call.Value(path), wanted, call.Value(anyway), call.Value(yes));
                return;
            }
            if (!call.Has(limit) && !call.Has(reserve))
                throw new UsageException("Say what to change: --initialisation-limit, --snapshot-reserve or --replication.");
            var request = new UpdateVolumeRequest(
                InitialisationLimitBytesPerSecond: call.Value(limit) is { } speed ? Values.Speed(speed, limit.Name) : null,
                SnapshotReservePercent: call.Value(reserve));
            var volume = await call.Console.Volumes.UpdateVolumeAsync(call.Value(path), request, call.Cancellation);
            call.Print(volume, output => output.WriteLine($"Changed the volume {volume.Path}."));
        }, path, limit, reserve, mode, anyway, yes);
    }

    private static async Task SetModeAsync(Invocation call, string path, string wanted, bool anyway, bool yes)
    {
        if (wanted != "none")
        {
            var changed = await call.Console.Volumes.SetReplicationModeAsync(path, Values.Enumerated<VolumeReplicationMode>(wanted), call.Cancellation);
            call.Print(changed, output => output.WriteLine($"The volume {changed.Path} is in the volume replication mode {wanted} now{(wanted == "destination" ? ", and locked against every other use" : "")}."));
            return;
        }
        await Confirmation.RequireAsync(call, yes, $"Clearing the volume replication mode of {path}", path, async () =>
        {
            var preview = await call.Console.Volumes.PreviewClearReplicationAsync(path, call.Cancellation);
            List<string> lines = [$"The data of {path} stays as it is."];
            if (preview.Metadata)
                lines.Add("The replication metadata beside it is deleted: a new task copies everything.");
            if (preview.Refusal is { } refusal)
                lines.Add(refusal.Detail);
            return lines;
        });
        var cleared = await call.Console.Volumes.ClearReplicationModeAsync(path, new ClearVolumeReplicationMode(path, anyway), call.Cancellation);
        call.Print(cleared, output => output.WriteLine($"The volume {cleared.Path} has no volume replication mode and no replication metadata now."));
    }

    private static Verb Expand()
    {
        var path = Path();
        var size = Values.Text("--size", "SIZE", "The new size, for example 20GiB; +10GiB adds to the present size.", required: true);
        return new Verb("expand", "Makes a volume larger, also while initiators use it.", async call =>
        {
            Values.VolumePath(call.Value(path));
            var text = call.Value(size)!;
            long wanted;
            if (text.StartsWith('+'))
            {
                var added = Values.Size(text[1..], size.Name);
                var present = Find(await call.Console.Volumes.ListVolumesAsync(call.Cancellation), call.Value(path)).SizeBytes;
                if (added > long.MaxValue - present)
                    throw new UsageException($"{size.Name} {text} is more than a volume can have.");
                wanted = present + added;
            }
            else
            {
                wanted = Values.Size(text, size.Name);
            }
            var volume = await call.Console.Volumes.UpdateVolumeAsync(call.Value(path), new UpdateVolumeRequest(SizeBytes: wanted), call.Cancellation);
            call.Print(volume, output => output.WriteLine($"The volume {volume.Path} has {Format.Size(volume.SizeBytes)} now."));
        }, path, size);
    }

    private static Verb Rename()
    {
        var path = Path();
        var newName = Values.Required("new-name", "The new name, without the group.");
        return new Verb("rename", "Renames a volume; LUNs keep serving it.", async call =>
        {
            var (group, _) = Values.VolumePath(call.Value(path));
            var name = call.Value(newName);
            if (name.StartsWith($"{group}/", StringComparison.Ordinal))
                name = name[(group.Length + 1)..];
            if (name.Contains('/', StringComparison.Ordinal))
                throw new UsageException($"A volume cannot move to another group: give the new name without the group, not {call.Value(newName)}.");
            var volume = await call.Console.Volumes.UpdateVolumeAsync(call.Value(path), new UpdateVolumeRequest(NewName: name), call.Cancellation);
            call.Print(volume, output => output.WriteLine($"The volume is named {volume.Path} now."));
        }, path, newName);
    }

    private static Verb Delete()
    {
        var path = Path();
        var yes = Values.Yes();
        return new Verb("delete", "Deletes a volume and everything on it.", async call =>
        {
            var volume = call.Value(path);
            var (_, name) = Values.VolumePath(volume);
            await Confirmation.RequireAsync(call, call.Value(yes), $"Deleting the volume {volume}", name, async () =>
            {
                var preview = await call.Console.Volumes.PreviewDeletionAsync(volume, call.Cancellation);
                if (preview.Blocked)
                    throw ProblemException.Conflict(ProblemCodes.VolumeInUse, $"{volume} is in use by {string.Join(", ", preview.UsedBy)}: stop the target first.");
                return [.. preview.Losses.Select(loss => $"Lost: {loss}"), .. preview.UsedBy.Select(user => $"Used by: {user}")];
            });
            await call.Console.Volumes.DeleteVolumeAsync(volume, name, call.Cancellation);
            call.Done($"Deleted the volume {volume}.");
        }, path, yes);
    }

    private static Task<IReadOnlyList<VolumeInfo>> ReadAsync(Invocation call) =>
        Fallback.ReadAsync(call, console => console.Volumes.ListVolumesAsync(call.Cancellation), engine => engine.ListVolumesAsync(call.Cancellation));

    private static VolumeInfo Find(IReadOnlyList<VolumeInfo> volumes, string path)
    {
        Values.VolumePath(path);
        return volumes.FirstOrDefault(volume => volume.Path == path)
            ?? throw ProblemException.NotFound(ProblemCodes.VolumeNotFound, $"There is no volume {path}.", ("path", path));
    }

    private static string Type(VolumeType type) => type switch
    {
        VolumeType.Iscsi => "iSCSI",
        VolumeType.Nas => "NAS",
        VolumeType.Fc => "FC",
        _ => Format.Word(type),
    };

    private static string State(VolumeInfo volume) => volume.Initialisation is { TotalBytes: > 0 } zeros
        ? $"{Format.Word(volume.State)} {100 * (decimal)zeros.DoneBytes / zeros.TotalBytes:0}%"
        : Format.Word(volume.State);

    private static void Write(TextWriter output, VolumeInfo volume, CliEnvironment environment)
    {
        output.WriteLine($"Volume: {volume.Path}");
        output.WriteLine($"    Type: {Type(volume.Type)}");
        output.WriteLine($"    State: {State(volume)}");
        if (volume.Problem is { } problem)
            output.WriteLine($"    Problem: {problem.Detail}");
        output.WriteLine($"    Size: {Format.Size(volume.SizeBytes)} ({Values.Text(volume.SizeBytes)} bytes)");
        output.WriteLine($"    Space taken: {Format.Size(volume.AllocatedBytes)}, {(volume.Thin ? "thin" : "thick")}");
        output.WriteLine($"    I/O type: {(volume.IoType == IoType.Block ? "block I/O" : "file I/O")}");
        if (volume.FileSystem is { } files)
            output.WriteLine($"    File system: {(files.MountPoint is null ? "not mounted" : $"{Format.Size(files.FreeBytes)} of {Format.Size(files.SizeBytes)} free")}");
        if (volume.Snapshots is { } snapshots)
        {
            var used = snapshots.UsedBytes is { } bytes ? Format.Size(bytes) : "not measured yet";
            output.WriteLine($"    Snapshots: {Values.Text(snapshots.Count)}, {used} used of {Format.Size(snapshots.ReserveBytes)} ({Values.Text(snapshots.ReservePercent)} %)");
        }
        if (volume.Initialisation is { } zeros)
        {
            output.WriteLine("    Initialisation:");
            output.WriteLine($"        Done: {Format.Size(zeros.DoneBytes)} of {Format.Size(zeros.TotalBytes)}");
            output.WriteLine($"        Speed: {Format.Size(zeros.RateBytesPerSecond)}/s");
            output.WriteLine($"        Limit: {(zeros.SpeedLimitBytesPerSecond is { } limit ? $"{Format.Size(limit)}/s" : "none")}");
            if (zeros.SecondsLeft is { } left)
                output.WriteLine($"        Time left: {TimeSpan.FromSeconds(left):c}");
        }
        if (volume.ReplicationMode != VolumeReplicationMode.None || volume.ReplicationMetadata)
            output.WriteLine($"    Volume replication: mode {Format.Word(volume.ReplicationMode)}{(volume.ReplicationMetadata ? ", with metadata" : "")}");
        output.WriteLine($"    Created: {Format.Time(volume.CreatedAt, environment)}");
        output.WriteLine($"    ID: {volume.Id}");
        foreach (var user in volume.UsedBy)
            output.WriteLine($"    Used by: {user}");
    }
}
