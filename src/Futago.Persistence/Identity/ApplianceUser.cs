using Futago.Console.Client.Users;
using Microsoft.AspNetCore.Identity;

namespace Futago.Persistence.Identity;

/// <summary>Somebody who may sign in. Each has exactly one role, since each role includes the one below.</summary>
public sealed class ApplianceUser : IdentityUser<Guid>
{
    public required UserRole Role { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? LastSignInAt { get; set; }
}
