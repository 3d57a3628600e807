namespace Futago.Console.Client.Targets;

/// <summary>The iSCSI target manager. Targets are named by their iSCSI name, regardless of case.</summary>
public interface ITargets
{
    Task<IReadOnlyList<TargetView>> ListAsync(CancellationToken cancellation = default);

    Task<TargetView> GetAsync(string name, CancellationToken cancellation = default);

    /// <summary>The name that <see cref="CreateAsync"/> would give now.</summary>
    Task<string> SuggestNameAsync(CancellationToken cancellation = default);

    Task<TargetView> CreateAsync(CreateTargetRequest request, CancellationToken cancellation = default);

    Task<TargetView> UpdateAsync(string name, UpdateTargetRequest request, CancellationToken cancellation = default);

    /// <summary>Deletes a stopped target. Volumes stay.</summary>
    /// <param name="confirm">The target's name, typed again.</param>
    Task DeleteAsync(string name, string confirm, CancellationToken cancellation = default);

    Task<TargetView> StartAsync(string name, CancellationToken cancellation = default);

    Task<TargetView> StopAsync(string name, CancellationToken cancellation = default);

    Task<TargetView> AddLunAsync(string name, AddLunRequest request, CancellationToken cancellation = default);

    Task<TargetView> UpdateLunAsync(string name, int lun, UpdateLunRequest request, CancellationToken cancellation = default);

    Task<TargetView> RemoveLunAsync(string name, int lun, CancellationToken cancellation = default);

    Task<TargetView> AllowAsync(string name, AllowRequest request, CancellationToken cancellation = default);

    Task<TargetView> RemoveAccessRuleAsync(string name, Guid ruleId, CancellationToken cancellation = default);
}
