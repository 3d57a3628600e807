namespace Futago.Iscsi.Observation;

/// <summary>Why a session is not captured.</summary>
public enum CaptureRefusal
{
    NoSession,
    AlreadyRunning,
    TooMany,
}
