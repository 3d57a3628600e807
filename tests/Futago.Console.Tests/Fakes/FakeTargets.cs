using Futago.Console.Client.Targets;

namespace Futago.Console.Tests.Fakes;

public sealed class FakeTargets : FakeService, ITargets
{
    public List<TargetView> Views { get; } = [];

    /// <summary>Refuses reads too, as an unreachable database does.</summary>
    public bool Unreadable { get; set; }

    /// <summary>Reads wait for it, as they do for an engine that hangs.</summary>
    public Task Ready { get; set; } = Task.CompletedTask;

    public async Task<IReadOnlyList<TargetView>> ListAsync(CancellationToken cancellation = default)
    {
        if (Unreadable)
            Answer();
        await Ready;
        return [.. Views];
    }

    public Task<TargetView> GetAsync(string name, CancellationToken cancellation = default)
    {
        if (Unreadable)
            Answer();
        return Task.FromResult(Views.Single(v => v.Name == name));
    }

    public Task<string> SuggestNameAsync(CancellationToken cancellation = default) => Task.FromResult("iqn.2026-11.local.futago:node-a.target0");

    public Task<TargetView> CreateAsync(CreateTargetRequest request, CancellationToken cancellation = default) => Change(request, Sample.Target(request.Name!));

    public Task<TargetView> UpdateAsync(string name, UpdateTargetRequest request, CancellationToken cancellation = default) => Change(request, name);

    public Task DeleteAsync(string name, string confirm, CancellationToken cancellation = default) => Change((name, confirm), name);

    public Task<TargetView> StartAsync(string name, CancellationToken cancellation = default) => Change(("start", name), name);

    public Task<TargetView> StopAsync(string name, CancellationToken cancellation = default) => Change(("stop", name), name);

    public Task<TargetView> AddLunAsync(string name, AddLunRequest request, CancellationToken cancellation = default) => Change(request, name);

    public Task<TargetView> UpdateLunAsync(string name, int lun, UpdateLunRequest request, CancellationToken cancellation = default) => Change(request, name);

    public Task<TargetView> RemoveLunAsync(string name, int lun, CancellationToken cancellation = default) => Change(("remove lun", lun), name);

    public Task<TargetView> AllowAsync(string name, AllowRequest request, CancellationToken cancellation = default) => Change((name, request), name);

    public Task<TargetView> RemoveAccessRuleAsync(string name, Guid ruleId, CancellationToken cancellation = default) => Change(("remove rule", ruleId), name);

    private Task<TargetView> Change(object request, string name) => Change(request, Views.FirstOrDefault(v => v.Name == name) ?? Sample.Target(name));

    private Task<TargetView> Change(object request, TargetView result)
    {
        Take(request);
        return Task.FromResult(result);
    }
}
