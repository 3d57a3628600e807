using Futago.Console.Client.Shares;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Shares;

namespace Futago.Console.Tests.Fakes;

public sealed class FakeShares : FakeService, IShares
{
    public IReadOnlyList<ShareUserInfo> Users { get; set; } = [];

    public IReadOnlyList<ShareConnectionInfo> Connections { get; set; } = [];

    /// <summary>Reads of users wait for it, as they do for an engine that hangs.</summary>
    public Task Ready { get; set; } = Task.CompletedTask;

    public Task<IReadOnlyList<ShareInfo>> ListAsync(CancellationToken cancellation = default) => Task.FromResult<IReadOnlyList<ShareInfo>>([]);

    public Task<ShareInfo> CreateAsync(CreateShareRequest request, CancellationToken cancellation = default)
    {
        Take(request);
        return Task.FromResult(Sample.Share(request.Name));
    }

    public Task<ShareInfo> UpdateAsync(string name, UpdateShareRequest request, CancellationToken cancellation = default)
    {
        Take((name, request));
        return Task.FromResult(Sample.Share(name));
    }

    public Task DeleteAsync(string name, string confirm, CancellationToken cancellation = default)
    {
        Take((name, confirm));
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<ShareUserInfo>> ListUsersAsync(CancellationToken cancellation = default) => Ready.ContinueWith(_ => Users, cancellation, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    public Task<ShareUserInfo> SetUserAsync(string name, SetShareUserRequest request, CancellationToken cancellation = default)
    {
        Take((name, request));
        return Task.FromResult(new ShareUserInfo(name));
    }

    public Task DeleteUserAsync(string name, CancellationToken cancellation = default)
    {
        Take(name);
        return Task.CompletedTask;
    }

    /// <summary>How often somebody asked who is connected.</summary>
    public int ConnectionReads { get; private set; }

    /// <summary>Why nobody knows who is connected.</summary>
    public Problem? ConnectionsProblem { get; set; }

    public Task<IReadOnlyList<ShareConnectionInfo>> ListConnectionsAsync(CancellationToken cancellation = default)
    {
        ConnectionReads++;
        return ConnectionsProblem is null ? Task.FromResult(Connections) : Task.FromException<IReadOnlyList<ShareConnectionInfo>>(new ProblemException(ConnectionsProblem));
    }

    public Task<SmbServiceInfo> GetServiceAsync(CancellationToken cancellation = default) => Task.FromResult(new SmbServiceInfo(true, 445, null));
}
