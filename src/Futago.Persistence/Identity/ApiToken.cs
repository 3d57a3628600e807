namespace Futago.Persistence.Identity;

/// <summary>A bearer token for the API; it has the role of its user.</summary>
public sealed class ApiToken
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required string Name { get; init; }

    public required Guid UserId { get; init; }

    public ApplianceUser? User { get; init; }

    /// <summary>SHA-256 of the value. A plain hash is enough for 256 random bits, and lets a request find its token by index.</summary>
    public required byte[] Hash { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? LastUsedAt { get; set; }
}
