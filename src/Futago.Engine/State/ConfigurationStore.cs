using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;
using Futago.Volumes.Metadata;

namespace Futago.Engine.State;

/// <summary>Keeps the configuration over a restart. A damaged one is never guessed at: it is set aside, and nothing is served.</summary>
internal sealed class ConfigurationStore(string path, TimeProvider time)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static EngineConfiguration Empty { get; } = new(0, "", [], []);

    /// <param name="setAside">Where a file that cannot be used went, or null.</param>
    public EngineConfiguration Load(out string? setAside)
    {
        setAside = null;
        var state = SealedDocument.Read<StoredConfiguration>(path, StoredConfiguration.CurrentVersion, EngineJson.Options, out var stored);
        if (state == SealedDocumentState.Good && stored!.Configuration is { Portals: not null, Targets: not null } configuration)
            return configuration;
        if (state == SealedDocumentState.Absent)
            return Empty;
        setAside = $"{path}.damaged-{time.GetUtcNow():yyyyMMddHHmmss}";
        File.Move(path, setAside, overwrite: true);
        return Empty;
    }

    public void Save(EngineConfiguration configuration) =>
        SealedDocument.Write(path, new StoredConfiguration(StoredConfiguration.CurrentVersion, configuration), EngineJson.Options, OwnerOnly);
}
