using Futago.Volumes.Metadata;

namespace Futago.Volumes.LogicalVolumes;

/// <summary>
/// <c>volumes/ID/initialisation.json</c>: how far the zeros have come. Only a hint where to go on: what is below has been made
/// durable before it was written, and without the file the work starts over and skips what it finds done.
/// </summary>
internal sealed record ProgressDocument(int FormatVersion, long DoneBytes) : ISealedDocument
{
    public const int CurrentVersion = 1;
    public const string FileName = "initialisation.json";
}
