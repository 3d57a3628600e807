namespace Futago.Volumes;

public enum StorageSeverity
{
    Info,
    Warning,
    Error,
}
