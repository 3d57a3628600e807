using Futago.Volumes.Metadata;

namespace Futago.Volumes.Groups;

/// <summary><c>futago.json</c> at the root of a group's file system, docs/on-disk/volume-group.md.</summary>
internal sealed record GroupDocument(int FormatVersion, Guid Id, string Name, DateTimeOffset CreatedAt) : ISealedDocument
{
    public const int CurrentVersion = 1;
    public const string FileName = "futago.json";
}
