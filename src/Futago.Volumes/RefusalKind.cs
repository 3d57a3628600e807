namespace Futago.Volumes;

public enum RefusalKind
{
    /// <summary>A value of the request is not acceptable.</summary>
    Invalid,
    NotFound,
    /// <summary>Acceptable in itself, but not in the present state.</summary>
    Conflict,
}
