using Futago.Console.Client.Events;
using Futago.Console.Client.Targets;
using Futago.Console.Client.Users;
using Futago.Engine.Contracts;

namespace Futago.Management.Targets;

public sealed partial class TargetManager
{
    private const int AccessRulesMax = 1000;

    public Task<TargetView> AllowAsync(string name, AllowRequest request, CancellationToken cancellation = default)
    {
        var hasAddress = !string.IsNullOrWhiteSpace(request.Address);
        if (hasAddress == !string.IsNullOrWhiteSpace(request.Initiator))
            throw ProblemException.Invalid(ProblemCodes.AccessRuleInvalid, "An access rule names either an address or an initiator.", hasAddress ? "initiator" : "address");
        var address = hasAddress ? AccessAddress.Check(request.Address!) : null;
        var initiator = hasAddress ? null : IscsiName.CheckInitiator(request.Initiator!);

        return ChangeTargetAsync(name, UserRole.Administrator, (actor, _, target) =>
        {
            var who = address ?? initiator!;
            if (target.AccessRules.Exists(r => r.Address == address && r.Initiator == initiator))
                throw ProblemException.Conflict(ProblemCodes.AccessRuleTaken, $"The target {target.Name} lets {who} in already.", hasAddress ? "address" : "initiator",
                    ("target", target.Name), ("who", who));
            if (target.AccessRules.Count >= AccessRulesMax)
                throw ProblemException.Conflict(ProblemCodes.AccessRuleInvalid, $"The target {target.Name} has {AccessRulesMax} access rules already. Use subnets.", hasAddress ? "address" : "initiator");
            target.AccessRules.Add(new AccessRule { Address = address, Initiator = initiator });
            return audit.Entry(actor, ConsoleEventCodes.AccessAllowed, target.Name, $"Target {target.Name} lets {who} in.", args: ("who", who));
        }, cancellation);
    }

    public Task<TargetView> RemoveAccessRuleAsync(string name, Guid ruleId, CancellationToken cancellation = default) =>
        ChangeTargetAsync(name, UserRole.Administrator, (actor, _, target) =>
        {
            var rule = target.AccessRules.Find(r => r.Id == ruleId)
                ?? throw ProblemException.NotFound(ProblemCodes.AccessRuleNotFound, $"The target {target.Name} has no such access rule.", ("target", target.Name));
            target.AccessRules.Remove(rule);
            var who = rule.Address ?? rule.Initiator!;
            return audit.Entry(actor, ConsoleEventCodes.AccessRemoved, target.Name, $"Target {target.Name} no longer lets {who} in by that rule.", args: ("who", who));
        }, cancellation);
}
