using Futago.Engine.Contracts;
using Microsoft.AspNetCore.Identity;

namespace Futago.Persistence.Identity;

/// <summary>Settings of ASP.NET Core Identity, and its refusals in the product's words.</summary>
public static class AccountRules
{
    public const int PasswordLengthMin = 10;

    /// <summary>Hashing takes time in proportion to the length, and a request is not trusted yet when it is hashed.</summary>
    public const int PasswordLengthMax = 256;

    public const int NameLengthMax = 64;

    public static void Configure(IdentityOptions options)
    {
        // Length is what protects; composition rules make people write passwords down (NIST SP 800-63B section 3.1.1.2).
        options.Password.RequiredLength = PasswordLengthMin;
        options.Password.RequireDigit = false;
        options.Password.RequireLowercase = false;
        options.Password.RequireUppercase = false;
        options.Password.RequireNonAlphanumeric = false;
        options.Lockout.MaxFailedAccessAttempts = 5;
        options.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(5);
        options.User.AllowedUserNameCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._@";
    }

    public static string CheckName(string? name, string field = "name")
    {
        var trimmed = name?.Trim() ?? "";
        if (trimmed.Length is < 1 or > NameLengthMax)
            throw ProblemException.Invalid(ProblemCodes.NameInvalid, $"A user name has 1 to {NameLengthMax} characters.", field, ("name", "user"));
        return trimmed;
    }

    public static void CheckPassword(string? password, string field = "password")
    {
        if (password is null or { Length: < PasswordLengthMin or > PasswordLengthMax })
            throw ProblemException.Invalid(ProblemCodes.PasswordInvalid, $"A password has {PasswordLengthMin} to {PasswordLengthMax} characters.", field,
                ("minimum", $"{PasswordLengthMin}"));
    }

    public static void ThrowIfFailed(IdentityResult result, string name)
    {
        if (result.Succeeded)
            return;
        var error = result.Errors.First();
        throw error.Code switch
        {
            nameof(IdentityErrorDescriber.DuplicateUserName) => ProblemException.Conflict(ProblemCodes.NameTaken, $"There is a user {name} already.", "name", ("name", name)),
            nameof(IdentityErrorDescriber.InvalidUserName) => ProblemException.Invalid(ProblemCodes.NameInvalid,
                "A user name has only letters, digits and the characters - . _ @", "name", ("name", name)),
            _ when error.Code.StartsWith("Password", StringComparison.Ordinal) => ProblemException.Invalid(ProblemCodes.PasswordInvalid, error.Description, "password"),
            _ => ProblemException.Conflict(ProblemCodes.Internal, error.Description),
        };
    }
}
