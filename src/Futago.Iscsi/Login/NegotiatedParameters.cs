using System.Collections.Concurrent;
using System.Globalization;

namespace Futago.Iscsi.Login;

/// <summary>
/// Values in force on a connection after login; the initial ones are the defaults of RFC 7143 section 13, which hold for every key
/// that nobody offers.
/// </summary>
internal sealed record NegotiatedParameters
{
    /// <summary>Texts that are shared; most sessions have negotiated the same.</summary>
    private const int MaximumShared = 64;

    private static readonly ConcurrentDictionary<NegotiatedParameters, IReadOnlyDictionary<string, string>> _shared = [];

    public bool HeaderDigest { get; set; }
    public bool DataDigest { get; set; }
    public int MaxConnections { get; set; } = 1;
    public bool InitialR2T { get; set; } = true;
    public bool ImmediateData { get; set; } = true;

    /// <summary>Longest data segment that the initiator takes, bytes.</summary>
    public int InitiatorMaxRecvDataSegmentLength { get; set; } = 8192;

    /// <summary>Longest data segment that we said we take, bytes.</summary>
    public int TargetMaxRecvDataSegmentLength { get; set; } = 8192;
    public int MaxBurstLength { get; set; } = 262144;
    public int FirstBurstLength { get; set; } = 65536;
    public int DefaultTime2Wait { get; set; } = 2;
    public int DefaultTime2Retain { get; set; } = 20;
    public int MaxOutstandingR2T { get; set; } = 1;
    public bool DataPduInOrder { get; set; } = true;
    public bool DataSequenceInOrder { get; set; } = true;
    public int ErrorRecoveryLevel { get; set; }
    public string TaskReporting { get; set; } = "RFC3720";
    public int ProtocolLevel { get; set; } = 1;

    /// <summary>Section 13.14: FirstBurstLength never counts for more than MaxBurstLength, in whatever order they were offered.</summary>
    public int EffectiveFirstBurst => Math.Min(FirstBurstLength, MaxBurstLength);

    /// <summary>The values in force by their names on the wire.</summary>
    public IReadOnlyDictionary<string, string> ToDictionary()
    {
        if (_shared.TryGetValue(this, out var shared))
            return shared;
        var texts = Texts();
        // Under a copy: the values may still change.
        return _shared.Count < MaximumShared ? _shared.GetOrAdd(this with { }, texts) : texts;
    }

    private Dictionary<string, string> Texts() => new()
    {
        ["HeaderDigest"] = HeaderDigest ? "CRC32C" : "None",
        ["DataDigest"] = DataDigest ? "CRC32C" : "None",
        ["MaxConnections"] = Text(MaxConnections),
        ["InitialR2T"] = Text(InitialR2T),
        ["ImmediateData"] = Text(ImmediateData),
        ["MaxRecvDataSegmentLength"] = Text(TargetMaxRecvDataSegmentLength),
        ["InitiatorMaxRecvDataSegmentLength"] = Text(InitiatorMaxRecvDataSegmentLength),
        ["MaxBurstLength"] = Text(MaxBurstLength),
        ["FirstBurstLength"] = Text(EffectiveFirstBurst),
        ["DefaultTime2Wait"] = Text(DefaultTime2Wait),
        ["DefaultTime2Retain"] = Text(DefaultTime2Retain),
        ["MaxOutstandingR2T"] = Text(MaxOutstandingR2T),
        ["DataPDUInOrder"] = Text(DataPduInOrder),
        ["DataSequenceInOrder"] = Text(DataSequenceInOrder),
        ["ErrorRecoveryLevel"] = Text(ErrorRecoveryLevel),
        ["TaskReporting"] = TaskReporting,
        ["iSCSIProtocolLevel"] = Text(ProtocolLevel),
    };

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Text(bool value) => value ? "Yes" : "No";
}
