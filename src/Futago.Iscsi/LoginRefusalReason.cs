namespace Futago.Iscsi;

/// <summary>Why a login was turned away. Names equal those of the engine's contract.</summary>
public enum LoginRefusalReason
{
    UnknownTarget = 0,
    TargetStopped = 1,
    NoAccessRule = 2,
    ChapRequired = 3,
    WrongChap = 4,
    NotSupported = 5,
    TooManySessions = 6,
}
