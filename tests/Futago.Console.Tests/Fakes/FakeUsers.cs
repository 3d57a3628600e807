using Futago.Console.Client.Users;

namespace Futago.Console.Tests.Fakes;

public sealed class FakeUsers : FakeService, IUsers
{
    public List<UserView> Users { get; } = [new("admin", UserRole.Administrator, Sample.Time, Sample.Time)];

    public List<TokenView> Tokens { get; } = [];

    public Task<IReadOnlyList<UserView>> ListAsync(CancellationToken cancellation = default) => Task.FromResult<IReadOnlyList<UserView>>([.. Users]);

    public Task<UserView> CreateAsync(CreateUserRequest request, CancellationToken cancellation = default)
    {
        Take(request);
        return Task.FromResult(new UserView(request.Name, request.Role, Sample.Time, null));
    }

    public Task<UserView> UpdateAsync(string name, UpdateUserRequest request, CancellationToken cancellation = default)
    {
        Take(request);
        return Task.FromResult(Users[0]);
    }

    public Task DeleteAsync(string name, string confirm, CancellationToken cancellation = default)
    {
        Take((name, confirm));
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<TokenView>> ListTokensAsync(CancellationToken cancellation = default) => Task.FromResult<IReadOnlyList<TokenView>>([.. Tokens]);

    public Task<TokenView> CreateTokenAsync(string user, string name, CancellationToken cancellation = default)
    {
        Take((user, name));
        return Task.FromResult(new TokenView(Guid.NewGuid(), name, user, Sample.Time, null, "ftg_5mJx0cQm2v"));
    }

    public Task DeleteTokenAsync(Guid id, CancellationToken cancellation = default)
    {
        Take(id);
        return Task.CompletedTask;
    }
}
