using Futago.Engine.Contracts.Iscsi;
using Futago.Volumes.Metadata;

namespace Futago.Engine.State;

/// <summary><c>configuration.json</c>: the last configuration that was applied, secrets included, readable by root alone.</summary>
internal sealed record StoredConfiguration(int FormatVersion, EngineConfiguration Configuration) : ISealedDocument
{
    public const int CurrentVersion = 1;
}
