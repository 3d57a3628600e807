using Futago.Volumes.Linux;
using Microsoft.Win32.SafeHandles;

namespace Futago.Engine.CdRoms;

/// <summary>Tells whether a file is still the same with the same content.</summary>
internal sealed record ImageState(FileKind Kind, string Identity, long SizeBytes, long ModifiedNs)
{
    public static ImageState? Of(SafeFileHandle file) =>
        FileStatus.TryRead(ImageFile.PathOf(file)) is { } status ? new ImageState(status.Kind, status.Identity, status.SizeBytes, status.ModifiedNs) : null;
}
