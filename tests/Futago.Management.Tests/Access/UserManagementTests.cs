using Futago.Console.Client.Events;
using Futago.Console.Client.Users;
using Futago.Engine.Contracts;
using Futago.Management.Access;
using Futago.Management.Events;
using Futago.Persistence;
using Futago.Persistence.Identity;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Futago.Management.Tests.Access;

public sealed class UserManagementTests(DatabaseFixture databases)
{
    private const string Password = "correct-horse-9";

    [Fact]
    public async Task FirstAdministrator_TwoAtOnce_OneWinsAndTheOtherIsToldSo()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        await using var services = Services(plane);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(async i =>
        {
            try
            {
                await Users(services).CreateFirstAdministratorAsync($"admin{i}", Password);
                return "created";
            }
            catch (ProblemException e)
            {
                return e.Problem.Code;
            }
        }));

        Assert.Single(outcomes, "created");
        Assert.Equal(3, outcomes.Count(o => o == ProblemCodes.SetupDone));
        Assert.Single(await Users(services).ListAsync());
    }

    [Theory]
    [InlineData("", Password, ProblemCodes.NameInvalid)]
    [InlineData("a b", Password, ProblemCodes.NameInvalid)]
    [InlineData("ADMIN", Password, ProblemCodes.NameTaken)]
    [InlineData("second", "nine-char", ProblemCodes.PasswordInvalid)]
    [InlineData("second", "", ProblemCodes.PasswordInvalid)]
    public async Task Create_BadInput_IsRefused(string name, string password, string code)
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        await using var services = Services(plane);
        await Users(services).CreateFirstAdministratorAsync("admin", Password);

        var problem = await Refusal.OfAsync(() => Users(services).CreateAsync(new CreateUserRequest(name, password, UserRole.Viewer)));

        Assert.Equal(code, problem.Code);
    }

    [Fact]
    public async Task LastAdministrator_CannotGoInAnyWay()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        await using var services = Services(plane);
        await Users(services).CreateFirstAdministratorAsync("admin", Password);

        var deleted = await Refusal.OfAsync(() => Users(services).DeleteAsync("admin", "admin"));
        var demoted = await Refusal.OfAsync(() => Users(services).UpdateAsync("admin", new UpdateUserRequest(Role: UserRole.Viewer)));

        Assert.Equal((ProblemCodes.UserLast, ProblemCodes.UserLast), (deleted.Code, demoted.Code));
    }

    [Fact]
    public async Task TwoAdministrators_DeletingEachOtherAtOnce_OneStays()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        await using var services = Services(plane);
        await Users(services).CreateFirstAdministratorAsync("a", Password);
        await Users(services).CreateAsync(new CreateUserRequest("b", Password, UserRole.Administrator));

        await Task.WhenAll(((string[])["a", "b"]).Select(async name =>
        {
            try
            {
                await Users(services).DeleteAsync(name, name);
            }
            catch (ProblemException e)
            {
                Assert.Equal(ProblemCodes.UserLast, e.Problem.Code);
            }
        }));

        Assert.Single(await Users(services).ListAsync());
    }

    [Fact]
    public async Task Token_Created_AuthenticatesWithTheRoleOfItsUserUntilDeleted()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        await using var services = Services(plane);
        await Users(services).CreateFirstAdministratorAsync("admin", Password);
        await Users(services).CreateAsync(new CreateUserRequest("op", Password, UserRole.Operator));

        var token = await Users(services).CreateTokenAsync("op", "backup script");
        var actor = await Users(services).AuthenticateTokenAsync(token.Value!);
        var stored = await Users(services).ListTokensAsync();
        var twice = await Refusal.OfAsync(() => Users(services).CreateTokenAsync("op", "backup script"));
        await Users(services).DeleteTokenAsync(token.Id);
        var after = await Users(services).AuthenticateTokenAsync(token.Value!);

        Assert.Equal(new Actor("op (backup script)", UserRole.Operator) { User = "op" }, actor);
        Assert.Null(Assert.Single(stored).Value);
        Assert.NotNull(stored[0].LastUsedAt);
        Assert.Equal(ProblemCodes.NameTaken, twice.Code);
        Assert.Null(after);
        Assert.Null(await Users(services).AuthenticateTokenAsync("futago_wrong"));
    }

    [Fact]
    public async Task Password_Changed_OldOneNoLongerFits()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        await using var services = Services(plane);
        await Users(services).CreateFirstAdministratorAsync("admin", Password);

        await Users(services).UpdateAsync("admin", new UpdateUserRequest(Password: "another-password"));

        await using var scope = services.CreateAsyncScope();
        var manager = scope.ServiceProvider.GetRequiredService<UserManager<ApplianceUser>>();
        var user = (await manager.FindByNameAsync("admin"))!;
        Assert.False(await manager.CheckPasswordAsync(user, Password));
        Assert.True(await manager.CheckPasswordAsync(user, "another-password"));
        Assert.Contains(await plane.Events.ListAsync(new EventQuery()), e => e.Code == ConsoleEventCodes.UserChanged);
    }

    [Theory]
    [InlineData(true, Password, null)]
    [InlineData(true, null, ProblemCodes.CurrentPasswordWrong)]
    [InlineData(true, "wrong-password", ProblemCodes.CurrentPasswordWrong)]
    [InlineData(false, null, null)]
    [InlineData(false, "wrong-password", ProblemCodes.CurrentPasswordWrong)]
    public async Task OwnPassword_OfAViewer_IsChangedWithThePresentOneOrByAToken(bool interactive, string? current, string? refusal)
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        await using var services = Services(plane);
        await Users(services).CreateFirstAdministratorAsync("admin", Password);
        await Users(services).CreateAsync(new CreateUserRequest("vera", Password, UserRole.Viewer));
        plane.Actor.Actor = new Actor("vera", UserRole.Viewer) { User = "vera", Interactive = interactive };

        var code = await CodeOfAsync(() => Users(services).UpdateAsync("Vera", new UpdateUserRequest("another-password", CurrentPassword: current)));

        Assert.Equal(refusal, code);
        await using var scope = services.CreateAsyncScope();
        var manager = scope.ServiceProvider.GetRequiredService<UserManager<ApplianceUser>>();
        Assert.Equal(refusal is null, await manager.CheckPasswordAsync((await manager.FindByNameAsync("vera"))!, "another-password"));
    }

    [Fact]
    public async Task OwnPassword_WrongFiveTimes_LocksTheAccount()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        await using var services = Services(plane);
        await Users(services).CreateFirstAdministratorAsync("admin", Password);
        var request = new UpdateUserRequest("another-password", CurrentPassword: "wrong-password");
        for (var i = 0; i < 5; i++)
            await CodeOfAsync(() => Users(services).UpdateAsync("admin", request));

        var code = await CodeOfAsync(() => Users(services).UpdateAsync("admin", request with { CurrentPassword = Password }));

        Assert.Equal(ProblemCodes.SignInLocked, code);
    }

    [Theory]
    [InlineData("admin", "another-password", null)]
    [InlineData("vera", null, UserRole.Administrator)]
    [InlineData("vera", "another-password", UserRole.Administrator)]
    [InlineData("vera", null, null)]
    public async Task Update_ByAViewer_OfMoreThanTheOwnPassword_IsForbidden(string name, string? password, UserRole? role)
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        await using var services = Services(plane);
        await Users(services).CreateFirstAdministratorAsync("admin", Password);
        await Users(services).CreateAsync(new CreateUserRequest("vera", Password, UserRole.Viewer));
        plane.Actor.Actor = new Actor("vera (script)", UserRole.Viewer) { User = "vera" };

        var code = await CodeOfAsync(() => Users(services).UpdateAsync(name, new UpdateUserRequest(password, role, Password)));

        Assert.Equal(ProblemCodes.Forbidden, code);
    }

    private static async Task<string?> CodeOfAsync(Func<Task> change)
    {
        try
        {
            await change();
            return null;
        }
        catch (ProblemException e)
        {
            return e.Problem.Code;
        }
    }

    private static ServiceProvider Services(ControlPlane plane)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddDataProtection();
        services.AddSingleton<IDbContextFactory<ApplianceDbContext>>(plane.ContextFactory);
        services.AddScoped(_ => plane.ContextFactory.CreateDbContext());
        services.AddSingleton<ICurrentActor>(plane.Actor);
        services.AddSingleton(plane.Audit);
        services.AddSingleton<IEventStore>(plane.EventStore);
        services.AddSingleton<TimeProvider>(plane.Time);
        services.AddScoped<UserManagement>();
        services.AddIdentityCore<ApplianceUser>(AccountRules.Configure).AddEntityFrameworkStores<ApplianceDbContext>().AddDefaultTokenProviders();
        return services.BuildServiceProvider();
    }

    private static UserManagement Users(ServiceProvider services) => services.GetRequiredService<IServiceScopeFactory>().CreateScope().ServiceProvider.GetRequiredService<UserManagement>();
}
