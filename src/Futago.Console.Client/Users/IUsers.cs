namespace Futago.Console.Client.Users;

public enum UserRole
{
    /// <summary>Sees everything, changes nothing.</summary>
    Viewer,
    /// <summary>Starts, stops and schedules; does not create or delete data, access or users.</summary>
    Operator,
    Administrator,
}

public sealed record UserView(string Name, UserRole Role, DateTimeOffset CreatedAt, DateTimeOffset? LastSignInAt);

/// <param name="Password">At least 10 characters.</param>
public sealed record CreateUserRequest(string Name, string Password, UserRole Role)
{
    public override string ToString() => $"CreateUserRequest {{ Name = {Name}, Role = {Role} }}";
}

/// <summary>Null leaves a property as it is. Everybody may change their own password, administrators everything of everybody.</summary>
/// <param name="CurrentPassword">
/// The password that is replaced; checked when it is given. Somebody who is signed in and no administrator must give it.
/// </param>
public sealed record UpdateUserRequest(string? Password = null, UserRole? Role = null, string? CurrentPassword = null)
{
    public override string ToString() => $"UpdateUserRequest {{ Role = {Role} }}";
}

/// <summary>A token for the API from elsewhere. The value is shown once, at creation.</summary>
public sealed record TokenView(Guid Id, string Name, string User, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt, string? Value);

public interface IUsers
{
    Task<IReadOnlyList<UserView>> ListAsync(CancellationToken cancellation = default);

    Task<UserView> CreateAsync(CreateUserRequest request, CancellationToken cancellation = default);

    Task<UserView> UpdateAsync(string name, UpdateUserRequest request, CancellationToken cancellation = default);

    Task DeleteAsync(string name, string confirm, CancellationToken cancellation = default);

    Task<IReadOnlyList<TokenView>> ListTokensAsync(CancellationToken cancellation = default);

    Task<TokenView> CreateTokenAsync(string user, string name, CancellationToken cancellation = default);

    Task DeleteTokenAsync(Guid id, CancellationToken cancellation = default);
}
