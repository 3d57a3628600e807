using Futago.Engine.Contracts.Failover;
using Futago.Volumes.Metadata;

namespace Futago.Engine.Failover;

/// <summary>The last switches of a node; docs/on-disk/failover-history.md.</summary>
/// <param name="Switches">Newest first, at most 50.</param>
internal sealed record SwitchHistoryDocument(int FormatVersion, IReadOnlyList<FailoverSwitch> Switches) : ISealedDocument
{
    public const int CurrentVersion = 1;
}
