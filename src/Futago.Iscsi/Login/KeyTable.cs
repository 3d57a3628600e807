using System.Globalization;
using static Futago.Iscsi.Login.ResultFunction;

namespace Futago.Iscsi.Login;

/// <summary>
/// Every operational key, RFC 7143 section 13 and RFC 7144, in the order in which they are settled. Keys that identify
/// (InitiatorName, TargetName, SessionType, aliases) and the CHAP keys are read by the login itself.
/// </summary>
internal static class KeyTable
{
    private const int MaxLength = (1 << 24) - 1;

    public static IReadOnlyList<KeyDefinition> Keys { get; } =
    [
        Text("HeaderDigest", _ => "CRC32C,None", (p, v) => p.HeaderDigest = v == "CRC32C"),
        Text("DataDigest", _ => "CRC32C,None", (p, v) => p.DataDigest = v == "CRC32C"),
        Text("TaskReporting", _ => "RFC3720", (p, v) => p.TaskReporting = v) with { LeadingOnly = true, NormalOnly = true },
        Number("MaxConnections", Minimum, 1, 65535, o => o.MaxConnectionsPerSession, (p, v) => p.MaxConnections = v),
        Flag("InitialR2T", Or, o => o.InitialR2T, (p, v) => p.InitialR2T = v),
        Flag("ImmediateData", And, o => o.ImmediateData, (p, v) => p.ImmediateData = v),
        Number("MaxRecvDataSegmentLength", Declaration, 512, MaxLength, o => o.MaxRecvDataSegmentLength,
            (p, v) => p.InitiatorMaxRecvDataSegmentLength = v) with { LeadingOnly = false, NormalOnly = false, InFullFeature = true },
        Number("MaxBurstLength", Minimum, 512, MaxLength, o => o.MaxBurstLength, (p, v) => p.MaxBurstLength = v),
        Number("FirstBurstLength", Minimum, 512, MaxLength, o => o.FirstBurstLength, (p, v) => p.FirstBurstLength = v),
        Number("DefaultTime2Wait", Maximum, 0, 3600, o => o.DefaultTime2Wait, (p, v) => p.DefaultTime2Wait = v) with { NormalOnly = false },
        Number("DefaultTime2Retain", Minimum, 0, 3600, o => o.DefaultTime2Retain, (p, v) => p.DefaultTime2Retain = v) with { NormalOnly = false },
        Number("MaxOutstandingR2T", Minimum, 1, 65535, o => o.MaxOutstandingR2T, (p, v) => p.MaxOutstandingR2T = v),
        Flag("DataPDUInOrder", Or, _ => true, (p, v) => p.DataPduInOrder = v),
        Flag("DataSequenceInOrder", Or, _ => true, (p, v) => p.DataSequenceInOrder = v),
        Number("ErrorRecoveryLevel", Minimum, 0, 2, _ => 0, (p, v) => p.ErrorRecoveryLevel = v) with { NormalOnly = false },
        Number("iSCSIProtocolLevel", Minimum, 0, 31, _ => 1, (p, v) => p.ProtocolLevel = v),
        Marker("IFMarker", "No"),
        Marker("OFMarker", "No"),
        Marker("IFMarkInt", "Reject"),
        Marker("OFMarkInt", "Reject"),
    ];

    private static KeyDefinition Number(
        string name, ResultFunction function, int minimum, int maximum, Func<IscsiServerOptions, int> ours, Action<NegotiatedParameters, int> apply) =>
        new(name, function, minimum, maximum, LeadingOnly: true, NormalOnly: true, InFullFeature: false,
            o => ours(o).ToString(CultureInfo.InvariantCulture), (p, v) => apply(p, int.Parse(v, CultureInfo.InvariantCulture)));

    private static KeyDefinition Flag(
        string name, ResultFunction function, Func<IscsiServerOptions, bool> ours, Action<NegotiatedParameters, bool> apply) =>
        new(name, function, 0, 0, LeadingOnly: true, NormalOnly: true, InFullFeature: false,
            o => ours(o) ? "Yes" : "No", (p, v) => apply(p, v == "Yes"));

    private static KeyDefinition Text(string name, Func<IscsiServerOptions, string> ours, Action<NegotiatedParameters, string> apply) =>
        new(name, FirstSupported, 0, 0, LeadingOnly: false, NormalOnly: false, InFullFeature: false, ours, apply);

    private static KeyDefinition Marker(string name, string answer) =>
        new(name, Withdrawn, 0, 0, LeadingOnly: false, NormalOnly: false, InFullFeature: false, _ => answer, (_, _) => { });
}
