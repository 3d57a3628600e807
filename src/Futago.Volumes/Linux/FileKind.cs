namespace Futago.Volumes.Linux;

internal enum FileKind
{
    Other,
    Regular,
    Directory,
    BlockDevice,
}
