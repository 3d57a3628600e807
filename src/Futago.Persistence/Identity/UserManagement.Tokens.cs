using System.Security.Cryptography;
using System.Text;
using Futago.Console.Client.Events;
using Futago.Console.Client.Users;
using Futago.Engine.Contracts;
using Futago.Management.Access;
using Microsoft.EntityFrameworkCore;

namespace Futago.Persistence.Identity;

public sealed partial class UserManagement
{
    /// <summary>Recognisable, so that secret scanners find a token that ended up in a repository.</summary>
    public const string TokenPrefix = "futago_";

    private const int TokenNameLengthMax = 64;
    private static readonly TimeSpan LastUsedPrecision = TimeSpan.FromMinutes(1);

    public async Task<IReadOnlyList<TokenView>> ListTokensAsync(CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Administrator);
        return await RunAsync<IReadOnlyList<TokenView>>(async (context, _) =>
        {
            var tokens = await context.ApiTokens.AsNoTracking().Include(t => t.User).OrderBy(t => t.CreatedAt).ToListAsync(cancellation);
            return [.. tokens.Select(t => new TokenView(t.Id, t.Name, t.User!.UserName!, t.CreatedAt, t.LastUsedAt, null))];
        }, cancellation);
    }

    public async Task<TokenView> CreateTokenAsync(string user, string name, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var label = name?.Trim() ?? "";
        if (label.Length is < 1 or > TokenNameLengthMax || label.Any(char.IsControl))
            throw ProblemException.Invalid(ProblemCodes.NameInvalid, $"A token's name has 1 to {TokenNameLengthMax} characters.", "name", ("name", "token"));
        var value = TokenPrefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        return await ChangeAsync(async (context, manager) =>
        {
            var owner = await FindAsync(manager, user ?? "");
            if (await context.ApiTokens.AnyAsync(t => t.UserId == owner.Id && t.Name == label, cancellation))
                throw ProblemException.Conflict(ProblemCodes.NameTaken, $"{owner.UserName} has a token {label} already.", "name", ("name", label));
            var token = new ApiToken { Name = label, UserId = owner.Id, Hash = Hash(value), CreatedAt = time.GetUtcNow() };
            context.ApiTokens.Add(token);
            context.Events.Add(audit.Entry(actor, ConsoleEventCodes.TokenCreated, label, $"Token {label} was created for {owner.UserName}.", args: ("user", owner.UserName!)));
            return new TokenView(token.Id, token.Name, owner.UserName!, token.CreatedAt, null, value);
        }, cancellation);
    }

    public async Task DeleteTokenAsync(Guid id, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        await ChangeAsync(async (context, _) =>
        {
            var token = await context.ApiTokens.Include(t => t.User).SingleOrDefaultAsync(t => t.Id == id, cancellation)
                ?? throw ProblemException.NotFound(ProblemCodes.TokenNotFound, "There is no such token.");
            context.ApiTokens.Remove(token);
            context.Events.Add(audit.Entry(actor, ConsoleEventCodes.TokenDeleted, token.Name, $"Token {token.Name} of {token.User!.UserName} was deleted.", args: ("user", token.User.UserName!)));
            return true;
        }, cancellation);
    }

    /// <summary>Who a bearer token belongs to; null when there is no such token.</summary>
    public Task<Actor?> AuthenticateTokenAsync(string value, CancellationToken cancellation = default) => RunAsync<Actor?>(async (context, _) =>
    {
        if (!value.StartsWith(TokenPrefix, StringComparison.Ordinal) || value.Length > 256)
            return null;
        var hash = Hash(value);
        var token = await context.ApiTokens.Include(t => t.User).SingleOrDefaultAsync(t => t.Hash == hash, cancellation);
        if (token is null)
            return null;
        var now = time.GetUtcNow();
        // A write per minute and token is enough to see which ones are in use.
        if (token.LastUsedAt is not { } last || now - last > LastUsedPrecision)
            await context.ApiTokens.Where(t => t.Id == token.Id).ExecuteUpdateAsync(t => t.SetProperty(x => x.LastUsedAt, now), cancellation);
        return new Actor($"{token.User!.UserName} ({token.Name})", token.User.Role) { User = token.User.UserName };
    }, cancellation);

    private static byte[] Hash(string value) => SHA256.HashData(Encoding.UTF8.GetBytes(value));
}
