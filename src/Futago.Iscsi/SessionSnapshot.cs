namespace Futago.Iscsi;

/// <summary>A session as it was at one moment.</summary>
/// <param name="Id">Unique while the server lives; names the session in <see cref="IscsiServer.CloseSession"/>.</param>
/// <param name="TargetName">Null for a discovery session.</param>
/// <param name="Isid">12 hexadecimal digits.</param>
/// <param name="ChapUser">Null when the initiator was let in without CHAP.</param>
/// <param name="Connections">Those that are open; when the session has ended, the one that ended last.</param>
/// <param name="Parameters">Negotiated keys by their names on the wire.</param>
public sealed record SessionSnapshot(
    long Id,
    string? TargetName,
    string InitiatorName,
    string? InitiatorAlias,
    string Isid,
    int Tsih,
    DateTimeOffset StartedAt,
    string? ChapUser,
    IReadOnlyList<ConnectionSnapshot> Connections,
    IReadOnlyDictionary<string, string> Parameters,
    long Commands,
    long BytesRead,
    long BytesWritten);
