using System.CommandLine;
using Futago.Cli.Output;
using Futago.Console.Client.Targets;
using Futago.Engine.Contracts.Iscsi;

namespace Futago.Cli.Commands;

internal static class TargetCommands
{
    public static Command Create() => new("target", "iSCSI targets.")
    {
        List(),
        Show(),
        CreateTarget(),
        TargetSetCommand.Create(),
        Start(),
        Stop(),
        Delete(),
        DiagnosticsCommands.Statistics(),
        DiagnosticsCommands.Slow(),
    };

    private static Argument<string> Name() => Values.Required("target", "Name of the target.");

    private static async Task<int> ListAsync(Invocation call) => await Fallback.RunAsync(
        call,
        async () =>
        {
            var targets = await call.Console.Targets.ListAsync(call.Cancellation);
            call.Print(targets, output => WriteList(output, [.. targets.Select(TargetRow.Of)]));
            return ExitCode.Success;
        },
        async engine =>
        {
            var targets = await engine.ListTargetsAsync(call.Cancellation);
            call.Print(targets, output => WriteList(output, [.. targets.Select(TargetRow.Of)]));
            return ExitCode.Success;
        });

    private static Verb List() => new("list", "Lists the targets.", ListAsync);

    private static void WriteList(TextWriter output, IReadOnlyList<TargetRow> rows)
    {
        var table = new Table("TARGET", "ALIAS", "STATE", ">LUNS", ">SESSIONS");
        foreach (var row in rows)
            table.Add(row.Name, row.Alias, row.State, Values.Text(row.Luns), row.Sessions is { } sessions ? Values.Text(sessions) : "unknown");
        table.Write(output, "There are no targets. Make one with futago target create.");
    }

    private static Verb Show()
    {
        var name = Values.Optional("target", "Name of the target; without it all targets.");
        return new Verb("show", "Shows targets with sessions, LUNs, accounts and access rules.", async call =>
        {
            if (call.Value(name) is { } one)
            {
                var view = await call.Console.Targets.GetAsync(one, call.Cancellation);
                call.Print(view, output => TargetPage.Write(output, view, call.Environment));
                return;
            }
            var targets = await call.Console.Targets.ListAsync(call.Cancellation);
            call.Print(targets, output =>
            {
                foreach (var view in targets)
                    TargetPage.Write(output, view, call.Environment);
                if (targets.Count == 0)
                    output.WriteLine("There are no targets. Make one with futago target create.");
            });
        }, name);
    }

    private static Verb CreateTarget()
    {
        var name = Values.Optional("target", "iSCSI name (iqn.yyyy-mm.reversed.domain:identifier); without one a default name.");
        var alias = Values.Text("--alias", "TEXT", "A name for people; initiators show it.");
        return new Verb("create", "Makes a target. It is stopped and lets nobody in.", async call =>
        {
            var view = await call.Console.Targets.CreateAsync(new CreateTargetRequest(call.Value(name), call.Value(alias)), call.Cancellation);
            call.Print(view, output => output.WriteLine($"Created the target {view.Name}."));
        }, name, alias);
    }

    private static Verb Start()
    {
        var name = Name();
        return new Verb("start", "Starts a target: initiators can log in.", async call =>
        {
            var view = await call.Console.Targets.StartAsync(call.Value(name), call.Cancellation);
            call.Print(view, output =>
            {
                output.WriteLine($"Started {view.Name}.");
                if (view.AccessRules.Count == 0)
                    call.Note("Nobody may log in yet: allow somebody with futago access allow.");
                foreach (var problem in view.Status?.Problems ?? [])
                    call.Note($"{problem.Object}: {problem.Problem.Detail}");
                if (view.Status is null)
                    call.Note("The engine has not applied this yet; it will when it is reachable.");
            });
        }, name);
    }

    private static Verb Stop()
    {
        var name = Name();
        return new Verb("stop", "Stops a target: its sessions end.", async call =>
        {
            var view = await call.Console.Targets.StopAsync(call.Value(name), call.Cancellation);
            call.Print(view, output => output.WriteLine($"Stopped {view.Name}."));
        }, name);
    }

    private static Verb Delete()
    {
        var name = Name();
        var yes = Values.Yes();
        return new Verb("delete", "Deletes a stopped target; its volumes stay.", async call =>
        {
            var target = call.Value(name);
            await Confirmation.RequireAsync(call, call.Value(yes), $"Deleting the target {target}", target);
            await call.Console.Targets.DeleteAsync(target, target, call.Cancellation);
            call.Done($"Deleted the target {target}; its volumes stay.");
        }, name, yes);
    }

    private sealed record TargetRow(string Name, string? Alias, string State, int Luns, int? Sessions)
    {
        public static TargetRow Of(TargetView view) => new(
            view.Name,
            view.Alias,
            view.Status is { } status ? Format.Word(status.State) : view.Started ? "started, engine not reachable" : "stopped",
            view.Luns.Count,
            view.Status?.Sessions.Count);

        public static TargetRow Of(TargetStatus status) => new(
            status.Name,
            status.Alias,
            Format.Word(status.State),
            status.Luns.Count(lun => lun.BackingStorePath is not null),
            status.Sessions.Count);
    }
}
