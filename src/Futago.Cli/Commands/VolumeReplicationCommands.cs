using System.CommandLine;
using Futago.Cli.Output;
using Futago.Console.Client.VolumeReplication;

namespace Futago.Cli.Commands;

/// <summary>Volume replication tasks of this node, own and reverse ones.</summary>
internal static class VolumeReplicationCommands
{
    public static Command Create() => new("volume-replication", "Volume replication: every write to a volume goes to a volume of the peer too.")
    {
        List(),
        Modes(),
        Show(),
        Changes(),
        Browse(),
        CreateTask(),
        Set(),
        Start(),
        Stop(),
        Verify(),
        Delete(),
        VolumeReplicationDecisions.Heal(),
        VolumeReplicationDecisions.Switch(),
        VolumeReplicationDecisions.ClearMetadata(),
        VolumeReplicationDecisions.DiscardSide(),
        VolumeReplicationDecisions.ForceSource(),
    };

    internal static Argument<string> Name() => Values.Required("task", "Name of the task.");

    private static Verb List() => new("list", "Lists the volume replication tasks of this node.", async call =>
    {
        var tasks = await call.Console.VolumeReplications.ListAsync(call.Cancellation);
        call.Print(tasks, output => VolumeReplicationPage.WriteList(output, tasks));
    });

    private static Verb Modes() => new("modes", "Lists the volumes of this node with their volume replication mode.", async call =>
    {
        var modes = await call.Console.VolumeReplications.ListModesAsync(call.Cancellation);
        call.Print(modes, output =>
        {
            var table = new Table("VOLUME", "MODE", "TASK");
            foreach (var mode in modes)
                table.Add(mode.Volume, Format.Word(mode.Mode), mode.Task);
            table.Write(output, "There are no volumes.");
        });
    });

    private static Verb Show()
    {
        var name = Name();
        return new Verb("show", "Shows a task: connection, roles, data states, out-of-sync bytes, resync, last verify, counters.", async call =>
        {
            var view = await call.Console.VolumeReplications.GetAsync(call.Value(name), call.Cancellation);
            call.Print(view, output => VolumeReplicationPage.Write(output, view, call.Environment));
        }, name);
    }

    private static Verb Changes()
    {
        var name = Name();
        return new Verb("changes", "Shows where in the volume each side changed something since both were the same; for a split brain.", async call =>
        {
            var changes = await call.Console.VolumeReplications.GetChangesAsync(call.Value(name), call.Cancellation);
            call.Print(changes, output =>
            {
                ChangeStrip.Write(output, "This node", changes.Here);
                if (changes.Peer is { } peer)
                    ChangeStrip.Write(output, "Peer", peer);
                else
                    output.WriteLine($"Peer: not known: {changes.PeerProblem?.Detail}");
                if (changes.OnBothSides is { } both)
                    output.WriteLine($"Changed on both sides: {Values.Text(both)} of {Values.Text(changes.Here.ChangedBytes.Count)} parts.");
            });
        }, name);
    }

    private static Verb Browse()
    {
        var source = Values.Text("--source", "GROUP/NAME", "Volume of this node.", required: true);
        return new Verb("browse", "Lists what the peer has as destination for a volume: volumes of the same size, and groups to create one in.", async call =>
        {
            var offer = await call.Console.VolumeReplications.BrowseAsync(call.Value(source)!, call.Cancellation);
            call.Print(offer, output =>
            {
                var volumes = new Table("VOLUME", ">SIZE", "THIN", "MODE", "USABLE");
                foreach (var volume in offer.Volumes)
                    volumes.Add(volume.Path, Format.Size(volume.SizeBytes), Format.YesNo(volume.Thin), Format.Word(volume.Mode), volume.Problem?.Detail ?? "yes");
                volumes.Write(output, $"{TextWidth.Printable(offer.Peer)} has no volume of that size.");
                output.WriteLine();
                var groups = new Table("GROUP", ">FREE", "WOULD CREATE");
                foreach (var group in offer.Groups)
                    groups.Add(group.Name, Format.Size(group.FreeBytes), group.Problem?.Detail ?? group.NextVolume);
                groups.Write(output, $"{TextWidth.Printable(offer.Peer)} has no volume group.");
            });
        }, source);
    }

    private static Verb CreateTask()
    {
        var name = Name();
        var source = Values.Text("--source", "GROUP/NAME", "Volume of this node.", required: true);
        var destination = Values.Text("--destination", "GROUP/NAME", "Volume of the peer.", required: true);
        var create = Values.Flag("--create-destination", "Create the destination now, with the size and kind of the source.");
        var limit = Values.Text("--resync-limit", "SPEED", "Such as 100MiB/s; none for no limit.");
        var yes = Values.Yes();
        return new Verb("create", "Makes a task here and its reverse one on the peer, both stopped. A destination that exists is overwritten.", async call =>
        {
            var (task, to) = (call.Value(name), call.Value(destination)!);
            if (!call.Value(create))
                await Confirmation.RequireAsync(call, call.Value(yes), $"Overwriting all that is on {to} of the peer", to);
            var view = await call.Console.VolumeReplications.CreateAsync(new CreateVolumeReplication(
                task, call.Value(source)!, to, call.Value(create), call.Value(create) ? null : to, Limit(call, limit)), call.Cancellation);
            call.Print(view, output =>
            {
                output.WriteLine($"Created the task {view.Name}, and {view.PeerTask} on the peer. futago volume-replication start {view.Name} starts both.");
                VolumeReplicationPage.Write(output, view, call.Environment);
            });
        }, name, source, destination, create, limit, yes);
    }

    private static Verb Set()
    {
        var name = Name();
        var limit = Values.Text("--resync-limit", "SPEED", "Such as 100MiB/s; none for no limit. Of both nodes, also while a resync is going on.");
        var verify = Values.Text("--verify-schedule", "SCHEDULE", "When this node compares both sides, such as “Sun 02:00”; none for never.");
        return new Verb("set", "Changes the resync limit, or when both sides are compared.", async call =>
        {
            if (call.Value(limit) is null && call.Value(verify) is null)
                throw new UsageException("Say what to change: --resync-limit or --verify-schedule.");
            var schedule = call.Value(verify) is { } text && string.Equals(text.Trim(), "none", StringComparison.OrdinalIgnoreCase) ? "" : call.Value(verify);
            var result = await call.Console.VolumeReplications.UpdateAsync(call.Value(name), new UpdateVolumeReplication(Limit(call, limit), schedule), call.Cancellation);
            WarnOfPeer(call, result);
            call.Print(result, output => VolumeReplicationPage.Write(output, result.Task, call.Environment));
        }, name, limit, verify);
    }

    private static Verb Start()
    {
        var name = Name();
        var wait = Values.Flag("--wait-synced", "Wait until both sides have the same data, showing the progress of the resync.");
        return new Verb("start", "Starts a task on both nodes.", async call =>
        {
            var view = await call.Console.VolumeReplications.StartAsync(call.Value(name), call.Cancellation);
            if (!call.Value(wait))
            {
                call.Print(view, output => output.WriteLine($"Started {view.Name} on both nodes; futago volume-replication show {view.Name} shows how it is."));
                return ExitCode.Success;
            }
            view = await VolumeReplicationWait.UntilSyncedAsync(call, view);
            call.Print(view, output => VolumeReplicationPage.Write(output, view, call.Environment));
            return view.Synced ? ExitCode.Success : ExitCode.Failed;
        }, name, wait);
    }

    private static Verb Stop()
    {
        var name = Name();
        return new Verb("stop", "Stops a task on both nodes. The source goes on alone and remembers what changes.", async call =>
        {
            var result = await call.Console.VolumeReplications.StopAsync(call.Value(name), call.Cancellation);
            WarnOfPeer(call, result);
            call.Print(result, output => output.WriteLine($"Stopped {result.Task.Name}."));
        }, name);
    }

    private static Verb Verify()
    {
        var name = Name();
        var wait = Values.Flag("--wait", "Wait until it has ended; the exit code then says whether both sides are the same.");
        var stop = Values.Flag("--stop", "Stop the one that is going on.");
        return new Verb("verify", "Compares both sides block by block. Nothing is changed; heal mends what it finds.", async call =>
        {
            var tasks = call.Console.VolumeReplications;
            if (call.Value(stop))
            {
                var stopped = await tasks.StopVerifyAsync(call.Value(name), call.Cancellation);
                call.Print(stopped, output => output.WriteLine($"The verify of {stopped.Name} was stopped."));
                return ExitCode.Success;
            }
            var before = (await tasks.GetAsync(call.Value(name), call.Cancellation)).Status?.Verify?.StartedAt;
            var view = await tasks.StartVerifyAsync(call.Value(name), call.Cancellation);
            if (!call.Value(wait))
            {
                call.Print(view, output => output.WriteLine($"Verifying {view.Name}; futago volume-replication show {view.Name} shows the progress."));
                return ExitCode.Success;
            }
            view = await VolumeReplicationWait.UntilVerifiedAsync(call, view, before);
            call.Print(view, output => VolumeReplicationPage.WriteVerify(output, view, call.Environment));
            return view.Status?.Verify is { FinishedAt: not null, Aborted: false, DifferentBytes: 0 } ? ExitCode.Success : ExitCode.Failed;
        }, name, wait, stop);
    }

    private static Verb Delete()
    {
        var name = Name();
        var yes = Values.Yes();
        var hereOnly = Values.Flag("--here-only", "Only on this node, when the peer is away for good.");
        return new Verb("delete", "Deletes a task here and its reverse one on the peer. Both volumes and their data stay.", async call =>
        {
            var task = call.Value(name);
            await Confirmation.RequireAsync(call, call.Value(yes), $"Deleting the task {task}", task,
                () => Task.FromResult<IReadOnlyList<string>>(["The two volumes are separate from then on; replicating them again copies everything."]));
            await call.Console.VolumeReplications.DeleteAsync(task, new DeleteVolumeReplication(task, call.Value(hereOnly)), call.Cancellation);
            call.Done($"Deleted the task {task}{(call.Value(hereOnly) ? " on this node only" : "")}.");
        }, name, yes, hereOnly);
    }

    private static long? Limit(Invocation call, Option<string?> limit) => call.Value(limit) is { } text ? Values.Speed(text, "--resync-limit") : null;

    private static void WarnOfPeer(Invocation call, VolumeReplicationResult result)
    {
        if (result.PeerProblem is { } problem)
            call.Note($"Only this node has the change; the peer could not be told: {problem.Detail}");
    }
}
