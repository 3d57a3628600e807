using Futago.Scsi.Sanitize;
using Futago.Volumes.Metadata;

namespace Futago.Engine.Sanitize;

/// <summary><c>sanitize.json</c> beside a volume: a sanitize operation that has begun and not come to its end, docs/on-disk/sanitize.md.</summary>
/// <param name="ServiceAction">1 overwrite, 2 block erase.</param>
/// <param name="AllowsExit">AUSE of the command.</param>
internal sealed record SanitizeDocument(int FormatVersion, int ServiceAction, bool AllowsExit) : ISealedDocument
{
    public const int CurrentVersion = 1;

    public const string FileName = "sanitize.json";

    public static SanitizeDocument From(SanitizeRecord record) => new(CurrentVersion, record.ServiceAction, record.AllowsExit);
}
