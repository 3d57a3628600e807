using Futago.Console.Client.Failover;

namespace Futago.Cli.Commands;

/// <summary>Has a failover made with its volumes, and says each step on standard error when it is done.</summary>
internal static class FailoverMaking
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    public static async Task<FailoverView> RunAsync(Invocation call, FailoverChange change)
    {
        // Refused here, nothing has been made.
        var plan = await call.Console.Failover.PlanAsync(change, call.Cancellation);
        call.Note($"Steps on both nodes ({plan.Steps.Count}):");
        var work = call.Console.Failover.CreateAsync(change, call.Cancellation);
        HashSet<string> said = [];
        do
        {
            await Task.WhenAny(work, Task.Delay(Poll, call.Environment.Clock, call.Cancellation));
            // Also when it has failed: how far it came is what matters most then.
            Say(call, await call.Console.Failover.GetProgressAsync(call.Cancellation), said);
        }
        while (!work.IsCompleted);
        return await work;
    }

    private static void Say(Invocation call, FailoverPlan plan, HashSet<string> said)
    {
        foreach (var step in plan.Steps.Where(s => s.State is FailoverStepState.Done or FailoverStepState.Failed))
        {
            var sentence = $"    {(step.State == FailoverStepState.Done ? "done" : "FAILED"),-8}{step.Text}";
            if (said.Add(sentence))
                call.Note(sentence);
        }
    }
}
