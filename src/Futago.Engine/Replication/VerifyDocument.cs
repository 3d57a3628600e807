using Futago.Engine.Contracts.Replication;
using Futago.Volumes.Metadata;

namespace Futago.Engine.Replication;

/// <summary><c>verify.json</c> beside a replicated volume: what the last verify found, docs/on-disk/verify.md.</summary>
/// <param name="Replication">Whose result it is; that of another one is nobody's.</param>
internal sealed record VerifyDocument(
    int FormatVersion,
    Guid Replication,
    DateTimeOffset StartedAt,
    DateTimeOffset FinishedAt,
    long CheckedBytes,
    long TotalBytes,
    long DifferentBytes,
    IReadOnlyList<ByteRange> Ranges,
    bool Aborted) : ISealedDocument
{
    public const int CurrentVersion = 1;

    public const string FileName = "verify.json";

    public static VerifyDocument From(Guid replication, VerifyReport report, DateTimeOffset finishedAt) => new(
        CurrentVersion, replication, report.StartedAt, finishedAt, report.CheckedBytes, report.TotalBytes, report.DifferentBytes, report.Ranges, report.Aborted);

    public VerifyReport ToReport() => new(StartedAt, FinishedAt, CheckedBytes, TotalBytes, DifferentBytes, Ranges, Aborted);
}
