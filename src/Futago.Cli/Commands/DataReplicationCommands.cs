using System.CommandLine;
using Futago.Cli.Output;
using Futago.Console.Client.DataReplication;
using Futago.Console.Client.Tasks;

namespace Futago.Cli.Commands;

/// <summary>Data replication tasks of this node: what is sent elsewhere.</summary>
internal static class DataReplicationCommands
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    public static Command Create() => new("data-replication", "Data replication tasks: scheduled copies of a share, from a snapshot, to another node or share.")
    {
        List(),
        Show(),
        DataReplicationChange.Create(),
        DataReplicationChange.Set(),
        Delete(),
        Start(),
        Stop(),
        Browse(),
        Test(),
    };

    internal static Argument<string> Name() => Values.Required("task", "Name of the task.");

    private static Verb List() => new("list", "Lists the data replication tasks.", async call =>
    {
        var tasks = await call.Console.DataReplication.ListAsync(call.Cancellation);
        call.Print(tasks, output =>
        {
            var table = new Table("NAME", "SOURCE", "DESTINATION", "SCHEDULE", "STATUS", "DATA AS OF");
            foreach (var (task, settings) in tasks)
            {
                table.Add(
                    task.Name, Source(settings), Destination(settings), TaskCommands.Schedule(task),
                    TaskCommands.State(task.LastRun), task.RecoveryPoint is { } point ? Format.Time(point, call.Environment) : null);
            }
            table.Write(output, "There are no data replication tasks.");
        });
    });

    private static Verb Show()
    {
        var name = Name();
        return new Verb("show", "Shows one task.", async call =>
        {
            var view = await call.Console.DataReplication.GetAsync(call.Value(name), call.Cancellation);
            call.Print(view, output => Print(output, view, call));
        }, name);
    }

    private static Verb Delete()
    {
        var name = Name();
        var yes = Values.Yes();
        return new Verb("delete", "Deletes a task with its schedule. What it copied stays, and so does the task log.", async call =>
        {
            var task = call.Value(name);
            await Confirmation.RequireAsync(call, call.Value(yes), $"Deleting the task {task}", task);
            await call.Console.DataReplication.DeleteAsync(task, task, call.Cancellation);
            call.Done($"Deleted the task {task}.");
        }, name, yes);
    }

    private static Verb Start()
    {
        var name = Name();
        var wait = Values.Flag("--wait", "Wait until the run has ended; the exit code then says how.");
        return new Verb("start", "Begins a run now.", async call =>
        {
            var run = await call.Console.DataReplication.StartAsync(call.Value(name), call.Cancellation);
            while (call.Value(wait) && run.FinishedAt is null)
            {
                await Task.Delay(PollInterval, call.Environment.Clock, call.Cancellation);
                run = await call.Console.Tasks.GetRunAsync(run.Id, call.Cancellation);
            }
            if (run.FinishedAt is null)
            {
                call.Print(run, output => output.WriteLine($"Started {run.TaskName}; futago task running shows the progress. Run {run.Id}."));
                return ExitCode.Success;
            }
            call.Print(run, output => RunPage.Write(output, run, call, withOutput: false));
            return run.Status == RunStatus.Error ? ExitCode.Failed : ExitCode.Success;
        }, name, wait);
    }

    private static Verb Stop()
    {
        var name = Name();
        return new Verb("stop", "Stops the run of a task that is going on.", async call =>
        {
            var running = (await call.Console.Tasks.ListRunningAsync(call.Cancellation)).FirstOrDefault(r => r.TaskName == call.Value(name))
                ?? throw Engine.Contracts.ProblemException.Conflict(Engine.Contracts.ProblemCodes.RunEnded, $"The task {call.Value(name)} is not running.");
            await call.Console.Tasks.StopRunAsync(running.Id, call.Cancellation);
            call.Done($"The run of {running.TaskName} is stopping.");
        }, name);
    }

    private static Verb Browse()
    {
        var (address, user, password, port) = AgentOptions();
        return new Verb("browse", "Lists the shares that the agent of another node offers to a user.", async call =>
        {
            var offer = await call.Console.DataReplication.BrowseAsync(await RequestAsync(call, address, user, password, port), call.Cancellation);
            call.Print(offer, output =>
            {
                var table = new Table("SHARE", ">SIZE", ">FREE", "STATE");
                foreach (var share in offer.Shares)
                    table.Add(share.Name, Format.Size(share.SizeBytes), Format.Size(share.FreeBytes), share.Problem ?? "ready");
                table.Write(output, "The agent offers this user no share.");
                output.WriteLine($"Certificate: {offer.Fingerprint}");
            });
        }, address, user, password, port);
    }

    private static Verb Test()
    {
        var (address, user, password, port) = AgentOptions();
        var share = Values.Text("--share", "NAME", "The share at the destination.", required: true);
        var source = Values.Text("--source", "NAME", "Share or NAS volume of this node, to compare sizes.");
        return new Verb("test", "Tries everything that a run would need, and says for each step what is right or wrong.", async call =>
        {
            var steps = await call.Console.DataReplication.TestAsync(
                new TestRequest(await RequestAsync(call, address, user, password, port), call.Value(share)!, call.Value(source)), call.Cancellation);
            call.Print(steps, output =>
            {
                var table = new Table("STEP", "RESULT", "DETAILS");
                foreach (var step in steps)
                    table.Add(step.Name, Format.Word(step.Result), step.Text);
                table.Write(output, "");
            });
            return steps.Any(s => s.Result == TestResult.Failed) ? ExitCode.Failed : ExitCode.Success;
        }, address, user, password, port, share, source);
    }

    private static (Argument<string> Address, Option<string?> User, Option<string?> Password, Option<int?> Port) AgentOptions() => (
        Values.Required("address", "Address of the other node."),
        Values.Text("--user", "NAME", "Data replication user there.", required: true),
        Values.Text("--password-file", "FILE", "File with that user's password; - reads standard input.", required: true),
        Values.Number("--port", "PORT", "TLS port of the agent; 8874 unless given."));

    private static async Task<BrowseRequest> RequestAsync(Invocation call, Argument<string> address, Option<string?> user, Option<string?> password, Option<int?> port) => new(
        call.Value(address),
        call.Value(user)!,
        await SecretFile.ReadAsync(call.Value(password)!, password.Name, call.Environment, call.Cancellation),
        call.Value(port) ?? Engine.Contracts.DataReplication.AgentConfiguration.DefaultTlsPort);

    internal static void Print(TextWriter output, ReplicationTaskView view, Invocation call)
    {
        var (task, settings) = view;
        output.WriteLine($"{task.Name}: {Source(settings)} → {Destination(settings)}");
        output.WriteLine($"Schedule:   {task.Schedule ?? "by hand"}{(task is { Enabled: false, Schedule: not null } ? " (disabled)" : "")}");
        if (task.NextRun is { } next)
            output.WriteLine($"Next run:   {Format.Time(next, call.Environment)}");
        output.WriteLine($"Last run:   {TaskCommands.State(task.LastRun)}{(task.LastRun?.Detail is { } detail ? $", {detail}" : "")}");
        if (task.RecoveryPoint is { } point)
            output.WriteLine($"Data as of: {Format.Time(point, call.Environment)}");
    }

    private static string Source(ReplicationSettings settings) => string.IsNullOrEmpty(settings.Folder) ? settings.Source : $"{settings.Source}/{settings.Folder}";

    private static string Destination(ReplicationSettings settings) => settings.Destination is null ? $"{settings.Share} (this node)" : $"{settings.Destination}:{settings.Share}";
}
