using Futago.Volumes.Metadata;

namespace Futago.Volumes.Units;

/// <summary><c>units.json</c> in the engine's state directory, docs/on-disk/engine-state.md.</summary>
internal sealed record KnownUnitsDocument(int FormatVersion, IReadOnlyList<KnownUnit> Units) : ISealedDocument
{
    public const int CurrentVersion = 1;
}
