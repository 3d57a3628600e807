using Futago.Persistence.Identity;

namespace Futago.Console.Postgres;

/// <summary>Whether the first administrator is still to be created. Asked of the database until the answer is no, which is final.</summary>
public sealed class FirstVisit(IServiceScopeFactory scopes)
{
    private bool _done;

    public async Task<bool> IsNeededAsync(CancellationToken cancellation)
    {
        if (Volatile.Read(ref _done))
            return false;
        await using var scope = scopes.CreateAsyncScope();
        if (await scope.ServiceProvider.GetRequiredService<UserManagement>().IsEmptyAsync(cancellation))
            return true;
        Volatile.Write(ref _done, true);
        return false;
    }
}
