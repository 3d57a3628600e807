namespace Futago.Volumes.Linux;

public enum FileKind
{
    Other,
    Regular,
    Directory,
    BlockDevice,
}
