using System.CommandLine;
using Futago.Cli.Output;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Cli.Commands;

internal static class UnitCommands
{
    public static Command Create() => new("unit", "Disks and disk image files given to the node.")
    {
        List(),
        CreateImage(),
        DeleteImage(),
    };

    private static Verb List() => new("list", "Lists the units and what they are used for.", async call =>
    {
        var units = await Fallback.ReadAsync(call, console => console.Volumes.ListUnitsAsync(call.Cancellation), engine => engine.ListUnitsAsync(call.Cancellation));
        call.Print(units, output =>
        {
            var table = new Table("UNIT", "KIND", ">SIZE", "USE", "GROUP", "CONTENT", "MODEL");
            foreach (var unit in units)
                table.Add(unit.Path, Kind(unit.Kind), Format.Size(unit.SizeBytes), Use(unit.Use), unit.Group, unit.Content, unit.Model);
            table.Write(output, "There are no units. Make one with futago unit create-image.");
        });
    });

    private static Verb CreateImage()
    {
        var path = Values.Required("file", "The disk image file; it must not exist yet.");
        var size = Values.Text("--size", "SIZE", "Size of the unit, at least 512MiB; the space is taken at once.", required: true);
        return new Verb("create-image", "Makes a disk image file and adds it as a unit.", async call =>
        {
            var request = new CreateImageRequest(call.FullPath(call.Value(path)), Values.Size(call.Value(size)!, size.Name));
            var unit = await call.Console.Volumes.CreateImageAsync(request, call.Cancellation);
            call.Print(unit, output => output.WriteLine($"Created the unit {unit.Path}, {Format.Size(unit.SizeBytes)}."));
        }, path, size);
    }

    private static Verb DeleteImage()
    {
        var path = Values.Required("file", "The disk image file.");
        var yes = Values.Yes();
        return new Verb("delete-image", "Deletes a disk image file that carries no volume group.", async call =>
        {
            var file = call.FullPath(call.Value(path));
            await Confirmation.RequireAsync(call, call.Value(yes), $"Deleting the unit {file}", file);
            await call.Console.Volumes.DeleteImageAsync(file, file, call.Cancellation);
            call.Done($"Deleted the unit {file}.");
        }, path, yes);
    }

    private static string Kind(UnitKind kind) => kind switch
    {
        UnitKind.BlockDevice => "block device",
        UnitKind.Image => "image",
        _ => Format.Word(kind),
    };

    private static string Use(UnitUse use) => use switch
    {
        UnitUse.Free => "free",
        UnitUse.Group => "volume group",
        UnitUse.Importable => "importable",
        UnitUse.ForeignData => "other data",
        UnitUse.SystemUse => "in use",
        UnitUse.Missing => "missing",
        _ => Format.Word(use),
    };
}
