namespace Futago.Testing.Processes;

/// <summary>One call with which a process changed a file or a directory, or made a change durable.</summary>
/// <param name="Call">Name of the system call.</param>
/// <param name="Path">The file; of a rename the old name.</param>
/// <param name="NewPath">Of a rename.</param>
public sealed record FileStep(string Call, string Path, string? NewPath)
{
    public bool IsRename => NewPath is not null;

    public bool IsRemoval => Call is "unlink" or "unlinkat" or "rmdir";

    public bool IsSync => Call is "fsync" or "fdatasync";

    public bool IsWrite => !IsRename && !IsRemoval && !IsSync;

    public override string ToString() => $"{Call} {System.IO.Path.GetFileName(Path)}{(NewPath is null ? "" : $" → {System.IO.Path.GetFileName(NewPath)}")}";
}
