using System.CommandLine;
using Futago.Cli.Output;
using Futago.Console.Client.Targets;
using Futago.Engine.Contracts;

namespace Futago.Cli.Commands;

internal static class AccessCommands
{
    public static Command Create() => new("access", "Access rules: who may log in to a target. Nobody may until a rule allows it.")
    {
        List(),
        Allow(),
        Remove(),
    };

    private static Argument<string> Target() => Values.Required("target", "Name of the target.");

    private static Verb List()
    {
        var target = Target();
        return new Verb("list", "Lists the access rules of a target.", async call =>
        {
            var view = await call.Console.Targets.GetAsync(call.Value(target), call.Cancellation);
            call.Print(view.AccessRules, output =>
            {
                var table = new Table("ADDRESS", "INITIATOR", "RULE");
                foreach (var rule in view.AccessRules)
                    table.Add(rule.Address, rule.Initiator, rule.Id.ToString());
                table.Write(output, "Nobody may log in. Allow somebody with futago access allow.");
            });
        }, target);
    }

    private static Verb Allow()
    {
        var target = Target();
        var address = Values.Text("--address", "ADDRESS", "IP address, subnet such as 10.77.0.0/24, or ALL.");
        var initiator = Values.Text("--initiator", "NAME", "Name of an initiator.");
        return new Verb("allow", "Lets initiators log in to a target.", async call =>
        {
            if (call.Value(address) is null == call.Value(initiator) is null)
                throw new UsageException("Give either --address or --initiator.");
            var view = await call.Console.Targets.AllowAsync(call.Value(target), new AllowRequest(call.Value(address), call.Value(initiator)), call.Cancellation);
            call.Print(view, output => output.WriteLine($"{call.Value(address) ?? call.Value(initiator)} may log in to {view.Name}."));
        }, target, address, initiator);
    }

    private static Verb Remove()
    {
        var target = Target();
        var ruleId = new Option<Guid?>("--rule") { HelpName = "ID", Description = "The rule, as futago access list shows it." };
        var address = Values.Text("--address", "ADDRESS", "The rule of this address or subnet.");
        var initiator = Values.Text("--initiator", "NAME", "The rule of this initiator.");
        return new Verb("remove", "Removes an access rule; sessions that it let in stay until they end.", async call =>
        {
            if (new Option[] { ruleId, address, initiator }.Count(call.Has) != 1)
                throw new UsageException("Name one rule: with --rule, --address or --initiator.");
            var id = call.Value(ruleId)
                ?? await FindAsync(call, call.Value(target), call.Value(address), call.Value(initiator));
            var view = await call.Console.Targets.RemoveAccessRuleAsync(call.Value(target), id, call.Cancellation);
            call.Print(view, output => output.WriteLine($"Removed the access rule from {view.Name}."));
        }, target, ruleId, address, initiator);
    }

    private static async Task<Guid> FindAsync(Invocation call, string target, string? address, string? initiator)
    {
        var view = await call.Console.Targets.GetAsync(target, call.Cancellation);
        var rule = view.AccessRules.FirstOrDefault(rule =>
            (address is not null && string.Equals(rule.Address, address, StringComparison.OrdinalIgnoreCase))
            || (initiator is not null && string.Equals(rule.Initiator, initiator, StringComparison.OrdinalIgnoreCase)));
        return rule?.Id
            ?? throw ProblemException.NotFound(ProblemCodes.AccessRuleNotFound, $"{view.Name} has no access rule for {address ?? initiator}.", ("rule", address ?? initiator!));
    }
}
