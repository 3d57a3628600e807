using System.CommandLine;
using Futago.Cli.Output;
using Futago.Console.Client.Snapshots;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Snapshots;

namespace Futago.Cli.Commands;

internal static class SnapshotCommands
{
    public static Command Create() => new("snapshot", "Snapshots: volumes as they were at a moment.")
    {
        List(),
        Show(),
        CreateSnapshot(),
        Set(),
        Delete(),
        RollBack(),
        Clone(),
        SnapshotScheduleCommands.Create(),
    };

    private static Argument<string> Path() => Values.Required("snapshot", "The snapshot as GROUP/VOLUME@NAME, for example vg00/lv0000@before-update.");

    private static Verb List()
    {
        var volume = Values.Optional("volume", "Only those of this volume, GROUP/NAME.");
        return new Verb("list", "Lists the snapshots, oldest first.", async call =>
        {
            var all = await ReadAsync(call);
            if (call.Value(volume) is { } only)
            {
                Values.VolumePath(only);
                all = [.. all.Where(s => $"{s.Group}/{s.Volume}" == only)];
            }
            call.Print(all, output =>
            {
                var table = new Table("SNAPSHOT", "TAKEN", ">PAUSE", ">SIZE", ">USED", "PROTECTED", "BY", "USED BY");
                foreach (var snapshot in all)
                {
                    table.Add(
                        snapshot.Path,
                        Format.Time(snapshot.CreatedAt, call.Environment),
                        Pause(snapshot),
                        Format.Size(snapshot.SizeBytes),
                        snapshot.UsedBytes is { } used ? Format.Size(used) : "-",
                        Format.YesNo(snapshot.Protected),
                        snapshot.Problem is null ? Format.Word(snapshot.Origin) : "damaged",
                        string.Join("; ", snapshot.UsedBy));
                }
                table.Write(output, "There are no snapshots. Take one with futago snapshot create.");
            });
        }, volume);
    }

    private static Verb Show()
    {
        var path = Path();
        return new Verb("show", "Shows a snapshot.", async call =>
        {
            var wanted = Parse(call.Value(path)).ToString();
            var snapshot = (await ReadAsync(call)).FirstOrDefault(s => s.Path == wanted)
                ?? throw ProblemException.NotFound(ProblemCodes.SnapshotNotFound, $"There is no snapshot {wanted}.", ("snapshot", wanted));
            call.Print(snapshot, output =>
            {
                output.WriteLine($"Snapshot: {snapshot.Path}");
                if (snapshot.Problem is { } problem)
                    output.WriteLine($"    Problem: {problem.Detail}");
                output.WriteLine($"    Taken: {Format.Time(snapshot.CreatedAt, call.Environment)}, {Format.Word(snapshot.Origin)}{(snapshot.Owner is { } owner ? $", {owner}" : "")}");
                output.WriteLine($"    Writes held for: {Pause(snapshot)}");
                output.WriteLine($"    Size: {Format.Size(snapshot.SizeBytes)}");
                output.WriteLine($"    Space used alone: {(snapshot.UsedBytes is { } used ? Format.Size(used) : "not measured yet")}");
                output.WriteLine($"    Protected: {Format.YesNo(snapshot.Protected)}");
                output.WriteLine($"    ID: {snapshot.Id}");
                foreach (var user in snapshot.UsedBy)
                    output.WriteLine($"    Used by: {user}");
            });
        }, path);
    }

    private static Verb CreateSnapshot()
    {
        var path = Values.Required("snapshot", "GROUP/VOLUME@NAME, or GROUP/VOLUME for the next default name (snap0000, snap0001, …).");
        var isProtected = Values.Flag("--protected", "Never drop it for lack of space.");
        return new Verb("create", "Takes a snapshot of a volume, also while initiators write.", async call =>
        {
            var text = call.Value(path);
            string volume;
            string? name = null;
            if (text.Contains('@', StringComparison.Ordinal))
            {
                var parsed = Parse(text);
                (volume, name) = (parsed.VolumePath, parsed.Name);
            }
            else
            {
                Values.VolumePath(text);
                volume = text;
            }
            var snapshot = await call.Console.Snapshots.CreateAsync(volume, new CreateSnapshotRequest(name, call.Value(isProtected)), call.Cancellation);
            call.Print(snapshot, output => output.WriteLine($"Took the snapshot {snapshot.Path}; writes were held for {Pause(snapshot)}."));
        }, path, isProtected);
    }

    private static Verb Set()
    {
        var path = Path();
        var isProtected = Values.Switch("--protected", "Whether it is never dropped for lack of space.");
        return new Verb("set", "Changes a snapshot.", async call =>
        {
            if (!call.Has(isProtected))
                throw new UsageException("Say what to change: --protected.");
            var request = new UpdateSnapshotRequest(call.Value(isProtected) ?? true);
            var snapshot = await call.Console.Snapshots.UpdateAsync(Parse(call.Value(path)).ToString(), request, call.Cancellation);
            call.Print(snapshot, output => output.WriteLine($"The snapshot {snapshot.Path} is {(snapshot.Protected ? "protected" : "not protected")} now."));
        }, path, isProtected);
    }

    private static Verb Delete()
    {
        var path = Path();
        var yes = Values.Yes();
        return new Verb("delete", "Deletes a snapshot; the volume stays as it is.", async call =>
        {
            var snapshot = Parse(call.Value(path));
            await Confirmation.RequireAsync(call, call.Value(yes), $"Deleting the snapshot {snapshot}", snapshot.Name);
            await call.Console.Snapshots.DeleteAsync(snapshot.ToString(), snapshot.Name, call.Cancellation);
            call.Done($"Deleted the snapshot {snapshot}.");
        }, path, yes);
    }

    private static Verb RollBack()
    {
        var path = Path();
        var connected = Values.Flag("--while-connected", "Also while initiators or users are connected; what they have mounted is damaged.");
        var yes = Values.Yes();
        return new Verb("rollback", "Gives a volume the content that it had; what it has now is kept as a snapshot first.", async call =>
        {
            var snapshot = Parse(call.Value(path));
            await Confirmation.RequireAsync(call, call.Value(yes), $"Rolling back the volume {snapshot.VolumePath} to {snapshot}", snapshot.Volume, () =>
                Task.FromResult<IReadOnlyList<string>>(["What was written since then is gone from the volume. It stays in a safety snapshot, rollback0000 or the next free number."]));
            var result = await call.Console.Snapshots.RollBackAsync(
                snapshot.ToString(), new RollBackRequest(snapshot.Volume, call.Value(connected)), call.Cancellation);
            call.Print(result, output => output.WriteLine($"Rolled back {snapshot.VolumePath} to {snapshot}; what it held before is in {result.Safety.Path}."));
        }, path, connected, yes);
    }

    private static Verb Clone()
    {
        var path = Path();
        var name = Values.Optional("new-volume", "Name of the new volume, without the group; without it the next default name.");
        var thin = Values.Flag("--thin", "Take space only when it is written; without it all space is set aside now.");
        return new Verb("clone", "Makes a new volume with the content of a snapshot.", async call =>
        {
            var snapshot = Parse(call.Value(path));
            var volume = await call.Console.Snapshots.CloneAsync(snapshot.ToString(), new CloneSnapshotRequest(call.Value(name), call.Value(thin)), call.Cancellation);
            call.Print(volume, output => output.WriteLine($"Made the volume {volume.Path} from {snapshot}."));
        }, path, name, thin);
    }

    private static Task<IReadOnlyList<SnapshotInfo>> ReadAsync(Invocation call) =>
        Fallback.ReadAsync(call, console => console.Snapshots.ListAsync(call.Cancellation), engine => engine.ListSnapshotsAsync(call.Cancellation));

    private static string Pause(SnapshotInfo snapshot) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{snapshot.PauseMicroseconds / 1000.0:0.0} ms");

    private static SnapshotPath Parse(string text) => SnapshotPath.TryParse(text, out var path)
        ? path
        : throw new UsageException($"{text} does not name a snapshot: write GROUP/VOLUME@NAME, for example vg00/lv0000@before-update.");
}
