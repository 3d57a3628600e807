using Futago.Console.Client.Events;
using Futago.Console.Client.Users;
using Futago.Engine.Contracts;
using Futago.Management.Access;
using Futago.Management.Events;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Futago.Persistence.Identity;

/// <summary>
/// Users, on top of ASP.NET Core Identity. Every call gets a scope of its own, because a page's scope lives as long as the page
/// and its context would show old data. All changes wait for one lock, so that of two administrators who remove each other one
/// stays.
/// </summary>
public sealed partial class UserManagement(IServiceScopeFactory scopes, ICurrentActor currentActor, AuditLog audit, TimeProvider time) : IUsers
{
    private const long AdvisoryLock = 0x4675_7573_6572;

    public async Task<IReadOnlyList<UserView>> ListAsync(CancellationToken cancellation = default)
    {
        await currentActor.RequireAsync(UserRole.Administrator);
        return await RunAsync<IReadOnlyList<UserView>>(async (context, _) =>
        {
            var users = await context.Users.AsNoTracking().OrderBy(u => u.NormalizedUserName).ToListAsync(cancellation);
            return [.. users.Select(View)];
        }, cancellation);
    }

    public async Task<UserView> CreateAsync(CreateUserRequest request, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        var name = AccountRules.CheckName(request.Name);
        AccountRules.CheckPassword(request.Password);
        CheckRole(request.Role);
        return await ChangeAsync(async (context, manager) =>
        {
            var user = New(name, request.Role);
            AccountRules.ThrowIfFailed(await manager.CreateAsync(user, request.Password), name);
            context.Events.Add(audit.Entry(actor, ConsoleEventCodes.UserCreated, name, $"User {name} was created with the role {Word(request.Role)}.", args: ("role", Word(request.Role))));
            return View(user);
        }, cancellation);
    }

    public async Task<UserView> UpdateAsync(string name, UpdateUserRequest request, CancellationToken cancellation = default)
    {
        var actor = await RequireForUpdateAsync(name, request);
        if (request.Password is not null)
            AccountRules.CheckPassword(request.Password);
        if (request.CurrentPassword is { } current)
            await CheckCurrentPasswordAsync(name, current, cancellation);
        if (request.Role is { } wanted)
            CheckRole(wanted);
        return await ChangeAsync(async (context, manager) =>
        {
            var user = await FindAsync(manager, name);
            var before = user.Role;
            if (request.Role is { } role && role != user.Role)
            {
                await CheckNotLastAdministratorAsync(context, user, cancellation);
                user.Role = role;
                AccountRules.ThrowIfFailed(await manager.UpdateAsync(user), name);
                // Signed-in pages and cookies of the old role end at their next validation.
                AccountRules.ThrowIfFailed(await manager.UpdateSecurityStampAsync(user), name);
            }
            if (request.Password is not null)
            {
                var token = await manager.GeneratePasswordResetTokenAsync(user);
                AccountRules.ThrowIfFailed(await manager.ResetPasswordAsync(user, token, request.Password), name);
                await manager.SetLockoutEndDateAsync(user, null);
                await manager.ResetAccessFailedCountAsync(user);
            }
            context.Events.Add(audit.Entry(actor, ConsoleEventCodes.UserChanged, user.UserName!, $"User {user.UserName} was changed.",
                new { Role = before }, new { user.Role, PasswordChanged = request.Password is not null }));
            return View(user);
        }, cancellation);
    }

    public async Task DeleteAsync(string name, string confirm, CancellationToken cancellation = default)
    {
        var actor = await currentActor.RequireAsync(UserRole.Administrator);
        await ChangeAsync(async (context, manager) =>
        {
            var user = await FindAsync(manager, name);
            if (!string.Equals(confirm?.Trim(), user.UserName, StringComparison.OrdinalIgnoreCase))
                throw ProblemException.Invalid(ProblemCodes.ConfirmationMismatch, $"Type the name {user.UserName} to confirm.", "confirm", ("name", user.UserName!));
            await CheckNotLastAdministratorAsync(context, user, cancellation);
            AccountRules.ThrowIfFailed(await manager.DeleteAsync(user), name);
            context.Events.Add(audit.Entry(actor, ConsoleEventCodes.UserDeleted, user.UserName!, $"User {user.UserName} was deleted."));
            return true;
        }, cancellation);
    }

    /// <summary>True while nobody can sign in yet.</summary>
    public Task<bool> IsEmptyAsync(CancellationToken cancellation = default) =>
        RunAsync(async (context, _) => !await context.Users.AnyAsync(cancellation), cancellation);

    /// <summary>Creates the first administrator; of several attempts at once exactly one succeeds, the others get <c>auth.setup-done</c>.</summary>
    public Task<ApplianceUser> CreateFirstAdministratorAsync(string? userName, string? password, CancellationToken cancellation = default)
    {
        var name = AccountRules.CheckName(userName, "userName");
        AccountRules.CheckPassword(password);
        return ChangeAsync(async (context, manager) =>
        {
            if (await context.Users.AnyAsync(cancellation))
                throw ProblemException.Conflict(ProblemCodes.SetupDone, "This node has an administrator already. Sign in instead.");
            var user = New(name, UserRole.Administrator);
            AccountRules.ThrowIfFailed(await manager.CreateAsync(user, password!), name);
            context.Events.Add(audit.Entry(new Actor(name, UserRole.Administrator), ConsoleEventCodes.UserCreated, name, $"The first administrator {name} was created.",
                args: ("role", Word(UserRole.Administrator))));
            return user;
        }, cancellation);
    }

    // Everybody may replace their own password. A page can be left open on a desk, so that it takes the one that is replaced.
    private async Task<Actor> RequireForUpdateAsync(string name, UpdateUserRequest request)
    {
        var actor = await currentActor.RequireAsync(UserRole.Viewer);
        if (actor.Role == UserRole.Administrator)
            return actor;
        var ownPassword = request is { Password: not null, Role: null } && string.Equals(actor.User, name.Trim(), StringComparison.OrdinalIgnoreCase);
        if (!ownPassword)
            return await currentActor.RequireAsync(UserRole.Administrator);
        if (actor.Interactive && string.IsNullOrEmpty(request.CurrentPassword))
            throw CurrentPasswordWrong();
        return actor;
    }

    // Outside of the change's transaction: a wrong guess has to count, and the refusal would roll the count back.
    private Task<bool> CheckCurrentPasswordAsync(string name, string password, CancellationToken cancellation) => RunAsync(async (_, manager) =>
    {
        var user = await FindAsync(manager, name);
        if (await manager.IsLockedOutAsync(user))
            throw new ProblemException(new Problem(ProblemCodes.SignInLocked, "Too many wrong passwords. Try again in some minutes.", "currentPassword"), 403);
        // Over-long input is not worth the hashing.
        if (password.Length <= AccountRules.PasswordLengthMax && await manager.CheckPasswordAsync(user, password))
            return true;
        await manager.AccessFailedAsync(user);
        throw CurrentPasswordWrong();
    }, cancellation);

    private static ProblemException CurrentPasswordWrong() =>
        ProblemException.Invalid(ProblemCodes.CurrentPasswordWrong, "The present password is not right.", "currentPassword");

    private ApplianceUser New(string name, UserRole role) =>
        new() { Id = Guid.CreateVersion7(), UserName = name, Role = role, CreatedAt = time.GetUtcNow() };

    private Task<T> RunAsync<T>(Func<ApplianceDbContext, UserManager<ApplianceUser>, Task<T>> work, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return UnitOfWork();

        async Task<T> UnitOfWork()
        {
            await using var scope = scopes.CreateAsyncScope();
            try
            {
                return await work(scope.ServiceProvider.GetRequiredService<ApplianceDbContext>(), scope.ServiceProvider.GetRequiredService<UserManager<ApplianceUser>>());
            }
            catch (Exception e) when (Database.IsUnreachable(e))
            {
                throw Database.Unreachable();
            }
        }
    }

    private Task<T> ChangeAsync<T>(Func<ApplianceDbContext, UserManager<ApplianceUser>, Task<T>> change, CancellationToken cancellation) =>
        RunAsync(async (context, manager) =>
        {
            await using var transaction = await context.Database.BeginTransactionAsync(cancellation);
            await context.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({AdvisoryLock})", cancellation);
            var result = await change(context, manager);
            await context.SaveChangesAsync(cancellation);
            await transaction.CommitAsync(cancellation);
            return result;
        }, cancellation);

    private static async Task<ApplianceUser> FindAsync(UserManager<ApplianceUser> manager, string name) =>
        await manager.FindByNameAsync(name.Trim())
        ?? throw ProblemException.NotFound(ProblemCodes.UserNotFound, $"There is no user {name}.", ("name", name));

    private static async Task CheckNotLastAdministratorAsync(ApplianceDbContext context, ApplianceUser user, CancellationToken cancellation)
    {
        if (user.Role == UserRole.Administrator
            && !await context.Users.AnyAsync(u => u.Id != user.Id && u.Role == UserRole.Administrator, cancellation))
            throw ProblemException.Conflict(ProblemCodes.UserLast, $"{user.UserName} is the last administrator. Make somebody else one first.", null, ("name", user.UserName!));
    }

    private static void CheckRole(UserRole role)
    {
        if (!Enum.IsDefined(role))
            throw ProblemException.Invalid(ProblemCodes.RequestMalformed, "A role is viewer, operator or administrator.", "role");
    }

    private static UserView View(ApplianceUser user) => new(user.UserName!, user.Role, user.CreatedAt, user.LastSignInAt);

    private static string Word(UserRole role) => role switch
    {
        UserRole.Viewer => "viewer",
        UserRole.Operator => "operator",
        _ => "administrator",
    };
}
