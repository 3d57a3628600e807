namespace Futago.Iscsi.Pdu;

/// <summary>CSG and NSG, RFC 7143 section 11.12.3. Value 2 is not defined.</summary>
internal enum LoginStage : byte
{
    SecurityNegotiation = 0,
    LoginOperationalNegotiation = 1,
    FullFeaturePhase = 3,
}
