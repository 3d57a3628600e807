using System.CommandLine;
using System.Globalization;
using Futago.Cli.Output;
using Futago.Console.Client.Snapshots;
using Futago.Console.Client.Targets;
using Futago.Engine.Contracts.Iscsi;

namespace Futago.Cli.Commands;

internal static class LunCommands
{
    public static Command Create() => new("lun", "LUNs: the volumes and ISO images that a target serves.")
    {
        List(),
        Add(),
        Set(),
        Remove(),
    };

    private static Argument<string> Target() => Values.Required("target", "Name of the target.");

    private static Verb List()
    {
        var target = Target();
        return new Verb("list", "Lists the LUNs of a target.", async call =>
        {
            var view = await call.Console.Targets.GetAsync(call.Value(target), call.Cancellation);
            call.Print(view.Luns, output =>
            {
                var table = new Table(">LUN", "TYPE", "SOURCE", "SCSI ID", "ACCESS", "CACHE", ">BLOCK SIZE", "REMOVABLE");
                foreach (var lun in view.Luns)
                {
                    table.Add(
                        Values.Text(lun.Lun),
                        Format.LunType(lun.Type),
                        TextWidth.Printable(lun.Source ?? "(gone)"),
                        lun.ScsiId,
                        lun.ReadOnly ? "read only" : "read/write",
                        lun.WriteBack ? "write back" : "write through",
                        Values.Text(lun.BlockSize),
                        Format.YesNo(lun.Removable));
                }
                table.Write(output, "The target has no LUNs. Add one with futago lun add.");
            });
        }, target);
    }

    private static Verb Add()
    {
        var target = Target();
        var volume = Values.Text("--volume", "GROUP/NAME", "The iSCSI volume to serve.");
        var snapshot = Values.Text("--snapshot", "GROUP/VOLUME@NAME", "The snapshot to serve instead, read-only.");
        var iso = Values.Text("--iso", "GROUP/VOLUME:/FILE", "The ISO image on a NAS volume to serve instead, as a CD-ROM.");
        var lun = Values.Number("--lun", "NUMBER", "LUN number, 0 to 255; without it the lowest free one.");
        var readOnly = Values.Flag("--read-only", "Initiators may not write.");
        var writeBack = Values.Flag("--write-back", "Acknowledge writes from the cache; without it, when they are durable.");
        var scsiId = Values.Text("--scsi-id", "HEX", "SCSI ID of 16 or 32 hexadecimal digits; without it a new unique one.");
        var blockSize = Values.Number("--block-size", "BYTES", "512 (the default) or 4096.");
        var removable = Values.Flag("--removable", "Report removable media.");
        return new Verb("add", "Adds a volume, a snapshot of one, or an ISO image to a target as a LUN.", async call =>
        {
            var source = (call.Value(volume), call.Value(snapshot), call.Value(iso)) switch
            {
                ({ } path, null, null) => path,
                (null, { } path, null) => path,
                (null, null, { } path) => path,
                _ => throw new UsageException("Say what to serve: one of --volume, --snapshot and --iso."),
            };
            if (call.Value(iso) is not null)
                CheckIso(source);
            else if (call.Value(volume) is not null)
                Values.VolumePath(source);
            else if (!SnapshotPath.TryParse(source, out _))
                throw new UsageException($"--snapshot {source} does not name a snapshot: write GROUP/VOLUME@NAME, for example vg00/lv0000@before-update.");
            var request = new AddLunRequest(
                call.Value(iso) is null ? source : null,
                call.Value(lun),
                call.Value(scsiId),
                call.Value(readOnly),
                call.Value(writeBack),
                call.Value(blockSize) ?? 512,
                call.Value(removable),
                call.Value(iso));
            var view = await call.Console.Targets.AddLunAsync(call.Value(target), request, call.Cancellation);
            call.Print(view, output =>
            {
                // An image can be in several drives; the newest has the highest number, unless one was asked for.
                var added = view.Luns.LastOrDefault(candidate => request.Lun is { } number ? candidate.Lun == number : candidate.Source == source);
                output.WriteLine(added is null
                    ? $"Added {source} to {view.Name}."
                    : $"Added {source} to {view.Name} as LUN {added.Lun}, SCSI ID {added.ScsiId}.");
            });
        }, target, volume, snapshot, iso, lun, readOnly, writeBack, scsiId, blockSize, removable);
    }

    private static Verb Set()
    {
        var target = Target();
        var lun = Values.Number("--lun", "NUMBER", "The LUN to change.", required: true);
        var newLun = Values.Number("--new-lun", "NUMBER", "A new LUN number, 0 to 255.");
        var scsiId = Values.Text("--scsi-id", "HEX", "A new SCSI ID of 16 or 32 hexadecimal digits.");
        var readOnly = Values.Switch("--read-only", "Whether initiators may only read.");
        var writeBack = Values.Switch("--write-back", "Whether writes are acknowledged from the cache.");
        var removable = Values.Switch("--removable", "Whether removable media are reported.");
        var iso = Values.Text("--iso", "GROUP/VOLUME:/FILE", "Another ISO image in the CD-ROM; initiators learn that the medium was changed.");
        return new Verb("set", "Changes a LUN.", async call =>
        {
            if (!new Option[] { newLun, scsiId, readOnly, writeBack, removable, iso }.Any(call.Has))
                throw new UsageException("Say what to change: --new-lun, --scsi-id, --read-only, --write-back, --removable or --iso.");
            if (call.Value(iso) is { } image)
                CheckIso(image);
            var request = new UpdateLunRequest(
                call.Value(newLun),
                call.Value(scsiId),
                Switch(call, readOnly),
                Switch(call, writeBack),
                Switch(call, removable),
                call.Value(iso));
            var view = await call.Console.Targets.UpdateLunAsync(call.Value(target), call.Value(lun)!.Value, request, call.Cancellation);
            call.Print(view, output => output.WriteLine($"Changed LUN {(request.Lun ?? call.Value(lun))!.Value.ToString(CultureInfo.InvariantCulture)} of {view.Name}."));
        }, target, lun, newLun, scsiId, readOnly, writeBack, removable, iso);
    }

    private static Verb Remove()
    {
        var target = Target();
        var lun = Values.Number("--lun", "NUMBER", "The LUN to remove.", required: true);
        return new Verb("remove", "Removes a LUN from a target; the volume, or the image, stays.", async call =>
        {
            var view = await call.Console.Targets.RemoveLunAsync(call.Value(target), call.Value(lun)!.Value, call.Cancellation);
            call.Print(view, output => output.WriteLine($"Removed LUN {call.Value(lun)} from {view.Name}; what it served stays."));
        }, target, lun);
    }

    private static void CheckIso(string path)
    {
        if (!IsoPath.TryParse(path, out var volume, out _))
            throw new UsageException($"--iso {path} does not name an ISO image: write GROUP/VOLUME:/FILE, for example vg00/nas0:/iso/debian.iso.");
        Values.VolumePath(volume);
    }

    /// <summary>The option alone means true.</summary>
    private static bool? Switch(Invocation call, Option<bool?> option) => call.Has(option) ? call.Value(option) ?? true : null;
}
