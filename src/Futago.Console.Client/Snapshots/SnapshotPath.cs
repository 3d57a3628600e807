using Futago.Engine.Contracts;

namespace Futago.Console.Client.Snapshots;

/// <summary>The path of a snapshot in its parts: <c>vg00/lv0000@before-update</c>.</summary>
public sealed record SnapshotPath(string Group, string Volume, string Name)
{
    public string VolumePath => $"{Group}/{Volume}";

    public static bool TryParse(string? text, out SnapshotPath path)
    {
        path = new SnapshotPath("", "", "");
        if (text?.Split('@') is not [var volume, { Length: > 0 } name] || volume.Split('/') is not [{ Length: > 0 } group, { Length: > 0 } volumeName])
            return false;
        path = new SnapshotPath(group, volumeName, name);
        return true;
    }

    /// <exception cref="ProblemException">Not the path of a snapshot.</exception>
    public static SnapshotPath Parse(string text) => TryParse(text, out var path)
        ? path
        : throw ProblemException.Invalid(
            ProblemCodes.NameInvalid, $"“{text}” does not name a snapshot: write group/volume@name, for example vg00/lv0000@before-update.", "path", ("name", text ?? ""));

    public override string ToString() => $"{VolumePath}@{Name}";
}
