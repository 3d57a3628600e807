namespace Futago.Volumes.Units;

/// <summary>What a unit is used for now. Only <see cref="Free"/> is formatted without a further question.</summary>
public enum UnitUse
{
    Free,
    Group,
    Importable,
    ForeignData,
    SystemUse,
    Missing,
}
