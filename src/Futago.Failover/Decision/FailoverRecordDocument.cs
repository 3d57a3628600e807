using Futago.Volumes.Metadata;

namespace Futago.Failover;

internal sealed record FailoverRecordDocument(
    int FormatVersion, ulong Promised, ulong Attempted, ulong DataTerm, bool Alone, ulong YieldedTo, uint ModeRevision, bool Running, bool Maintenance) : ISealedDocument
{
    public const int Version = 1;

    public static FailoverRecordDocument Of(FailoverRecord r) =>
        new(Version, r.Promised, r.Attempted, r.DataTerm, r.Alone, r.YieldedTo, r.Mode.Revision, r.Mode.Running, r.Mode.Maintenance);

    /// <returns>Null: it holds values that no node writes.</returns>
    public FailoverRecord? ToRecord() => (Promised | Attempted | DataTerm | YieldedTo) > long.MaxValue
        ? null
        : new FailoverRecord(Promised, Attempted, DataTerm, Alone, YieldedTo, new PairMode(ModeRevision, Running, Maintenance));
}
