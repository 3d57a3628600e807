using Futago.Iscsi.Pdu;

namespace Futago.Iscsi.Login;

/// <summary>What to answer to one Login Request.</summary>
/// <param name="Refusal">Set when an administrator should hear about the failure.</param>
internal readonly record struct LoginReply(
    LoginStatus Status,
    bool Transit,
    LoginStage CurrentStage,
    LoginStage NextStage,
    byte[] Text,
    LoginRefusalReason? Refusal = null)
{
    /// <summary>The connection enters full-feature phase after this response.</summary>
    public bool Completes => Status == LoginStatus.SUCCESS && Transit && NextStage == LoginStage.FullFeaturePhase;
}
