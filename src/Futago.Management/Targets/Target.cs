namespace Futago.Management.Targets;

public sealed class Target
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>iSCSI name in lower case; unique on the node.</summary>
    public required string Name { get; init; }

    public string? Alias { get; set; }

    public bool Started { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public string? ChapUser { get; set; }

    /// <summary>Encrypted by <see cref="Access.ISecretProtector"/>; never the secret itself.</summary>
    public string? ProtectedChapSecret { get; set; }

    public string? MutualUser { get; set; }

    /// <inheritdoc cref="ProtectedChapSecret"/>
    public string? ProtectedMutualSecret { get; set; }

    public List<Lun> Luns { get; init; } = [];

    public List<AccessRule> AccessRules { get; init; } = [];
}
