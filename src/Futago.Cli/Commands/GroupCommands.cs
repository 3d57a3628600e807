using System.CommandLine;
using Futago.Cli.Output;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Cli.Commands;

internal static class GroupCommands
{
    public static Command Create() => new("group", "Volume groups: units whose space is handed out as volumes.")
    {
        List(),
        Show(),
        CreateGroup(),
        Import(),
        Export(),
        Destroy(),
    };

    private static Verb List() => new("list", "Lists the volume groups and their space.", async call =>
    {
        var groups = await ReadAsync(call);
        call.Print(groups, output =>
        {
            var table = new Table("GROUP", "STATE", ">SIZE", ">FREE", ">VOLUMES", "UNIT");
            foreach (var group in groups)
                table.Add(group.Name, Format.Word(group.State), Format.Size(group.SizeBytes), Format.Size(group.Space.Free), Values.Text(group.VolumeCount), group.UnitPath);
            table.Write(output, "There are no volume groups. Make one with futago group create.");
        });
    });

    private static Verb Show()
    {
        var name = Values.Required("group", "Name of the volume group.");
        return new Verb("show", "Shows a volume group: where its space went.", async call =>
        {
            var group = Find(await ReadAsync(call), call.Value(name));
            call.Print(group, output => Write(output, group));
        }, name);
    }

    private static Verb CreateGroup()
    {
        var name = Values.Optional("group", "Name; without one the next default name (vg00, vg01, …).");
        var unit = Values.Text("--unit", "PATH", "The unit that becomes the volume group; it is formatted.", required: true);
        var overwrite = Values.Flag("--overwrite", "Format a unit that carries other data: all of it is lost.");
        var yes = Values.Yes();
        return new Verb("create", "Makes a volume group from a unit.", async call =>
        {
            var path = call.FullPath(call.Value(unit)!);
            if (call.Value(overwrite))
                await Confirmation.RequireAsync(call, call.Value(yes), $"Overwriting the unit {path}", path, async () => await ContentAsync(call, path));
            var group = await call.Console.Volumes.CreateGroupAsync(new CreateGroupRequest(call.Value(name), path, call.Value(overwrite)), call.Cancellation);
            call.Print(group, output => output.WriteLine($"Created the volume group {group.Name}, {Format.Size(group.Space.Free)} free."));
        }, name, unit, overwrite, yes);
    }

    private static Verb Import()
    {
        var unit = Values.Text("--unit", "PATH", "The unit that carries the volume group.", required: true);
        var name = Values.Text("--name", "NAME", "A new name for the group, when its own is taken on this node.");
        return new Verb("import", "Takes over a volume group that another node made or that was exported.", async call =>
        {
            var group = await call.Console.Volumes.ImportGroupAsync(new ImportGroupRequest(call.FullPath(call.Value(unit)!), call.Value(name)), call.Cancellation);
            call.Print(group, output => output.WriteLine($"Imported the volume group {group.Name}; volumes: {group.VolumeCount}."));
        }, unit, name);
    }

    private static Verb Export()
    {
        var name = Values.Required("group", "Name of the volume group.");
        return new Verb("export", "Takes a volume group offline with all its data, to be imported anywhere.", async call =>
        {
            await call.Console.Volumes.ExportGroupAsync(call.Value(name), call.Cancellation);
            call.Done($"Exported the volume group {call.Value(name)}: its unit can be imported here or on another node.");
        }, name);
    }

    private static Verb Destroy()
    {
        var name = Values.Required("group", "Name of the volume group.");
        var yes = Values.Yes();
        return new Verb("destroy", "Destroys a volume group with all its volumes.", async call =>
        {
            var group = call.Value(name);
            await Confirmation.RequireAsync(call, call.Value(yes), $"Destroying the volume group {group}", group, async () => await LossesAsync(call, group));
            await call.Console.Volumes.DestroyGroupAsync(group, group, call.Cancellation);
            call.Done($"Destroyed the volume group {group}.");
        }, name, yes);
    }

    private static Task<IReadOnlyList<GroupInfo>> ReadAsync(Invocation call) =>
        Fallback.ReadAsync(call, console => console.Volumes.ListGroupsAsync(call.Cancellation), engine => engine.ListGroupsAsync(call.Cancellation));

    private static GroupInfo Find(IReadOnlyList<GroupInfo> groups, string name) =>
        groups.FirstOrDefault(group => group.Name == name)
        ?? throw ProblemException.NotFound(ProblemCodes.GroupNotFound, $"There is no volume group {name}.", ("name", name));

    private static async Task<IReadOnlyList<string>> ContentAsync(Invocation call, string path)
    {
        var units = await call.Console.Volumes.ListUnitsAsync(call.Cancellation);
        return units.FirstOrDefault(unit => unit.Path == path) is { Content: { } content } ? [$"On it now: {content}"] : [];
    }

    private static async Task<IReadOnlyList<string>> LossesAsync(Invocation call, string group)
    {
        var volumes = await call.Console.Volumes.ListVolumesAsync(call.Cancellation);
        return
        [
            .. from volume in volumes
               where volume.Group == @group
               let users = volume.UsedBy.Count == 0 ? "" : $", used by {string.Join(", ", volume.UsedBy)}"
               select $"Lost: volume {volume.Path}, {Format.Size(volume.SizeBytes)}{users}",
        ];
    }

    private static void Write(TextWriter output, GroupInfo group)
    {
        output.WriteLine($"Volume group: {group.Name}");
        output.WriteLine($"    State: {Format.Word(group.State)}");
        if (group.Problem is { } problem)
            output.WriteLine($"    Problem: {problem.Detail}");
        output.WriteLine($"    Unit: {group.UnitPath}");
        output.WriteLine($"    Size: {Format.Size(group.SizeBytes)}");
        output.WriteLine($"    Volumes: {group.VolumeCount}");
        output.WriteLine($"    ID: {group.Id}");
        output.WriteLine("    Space:");
        foreach (var (what, bytes) in Rows(group.Space))
            output.WriteLine($"        {what}: {Format.Size(bytes)}");
    }

    private static IEnumerable<(string What, long Bytes)> Rows(GroupSpace space) =>
    [
        ("Logical volumes", space.Volumes),
        ("Reserved for snapshots", space.Snapshots),
        ("Reserved for replication", space.Replication),
        ("Reserved for swap", space.Swap),
        ("Reserved for the system", space.System),
        ("Free", space.Free),
    ];
}
