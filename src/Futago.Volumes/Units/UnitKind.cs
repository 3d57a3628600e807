namespace Futago.Volumes.Units;

public enum UnitKind
{
    BlockDevice,
    Image,
}
