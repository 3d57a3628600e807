using System.CommandLine;
using Futago.Console.Client.DataReplication;
using Futago.Engine.Contracts.DataReplication;

namespace Futago.Cli.Commands;

/// <summary><c>data-replication create</c> and <c>set</c>, which share their options.</summary>
internal static class DataReplicationChange
{
    public static Verb Create()
    {
        var name = DataReplicationCommands.Name();
        var options = new Options(creating: true);
        var skip = Values.Flag("--skip-test", "Store the task although the agent does not answer now.");
        return new Verb("create", "Makes a task. The destination is asked first whether it accepts it.", async call =>
        {
            var view = await call.Console.DataReplication.CreateAsync(new CreateReplicationTask(
                call.Value(name), call.Value(options.Source)!, call.Value(options.Share)!, call.Value(options.Folder), call.Value(options.Destination),
                call.Value(options.Port) ?? AgentConfiguration.DefaultTlsPort, call.Value(options.User), await options.PasswordAsync(call), call.Value(options.PlainPort),
                call.Value(options.Schedule), call.Value(options.Enabled) ?? true, options.Build(call, new ReplicationOptions()),
                call.Value(options.Keep) ?? 0, call.Value(options.Shrink) ?? 50, call.Value(skip)), call.Cancellation);
            call.Print(view, output =>
            {
                output.WriteLine($"Created the task {view.Task.Name}.");
                DataReplicationCommands.Print(output, view, call);
            });
        }, [name, .. options.All, options.PlainPort, skip]);
    }

    public static Verb Set()
    {
        var name = DataReplicationCommands.Name();
        var newName = Values.Text("--new-name", "NAME", "Renames the task.");
        var options = new Options(creating: false);
        var trust = Values.Flag("--trust", "Remember the certificate that the agent shows now.");
        return new Verb("set", "Changes a task.", async call =>
        {
            var tasks = call.Console.DataReplication;
            var before = await tasks.GetAsync(call.Value(name), call.Cancellation);
            var view = await tasks.UpdateAsync(call.Value(name), new UpdateReplicationTask(
                call.Value(newName), call.Value(options.Source), call.Value(options.Folder), call.Value(options.Destination), call.Value(options.Port), call.Value(options.Share),
                call.Value(options.User), await options.PasswordAsync(call), call.Value(options.Schedule), call.Value(options.Enabled), options.Build(call, before.Settings.Options),
                call.Value(options.Keep), call.Value(options.Shrink), call.Value(trust)), call.Cancellation);
            call.Print(view, output =>
            {
                output.WriteLine($"Changed the task {view.Task.Name}.");
                DataReplicationCommands.Print(output, view, call);
            });
        }, [name, newName, .. options.All, trust]);
    }

    private sealed class Options(bool creating)
    {
        public Option<string?> Source { get; } = Values.Text("--source", "NAME", "Share of this node, or NAS volume (GROUP/NAME).", required: creating);

        public Option<string?> Folder { get; } = Values.Text("--folder", "PATH", "Only this folder of the source.");

        public Option<string?> Destination { get; } = Values.Text("--destination", "ADDRESS", "Node to copy to; this node when it is not given.");

        public Option<string?> Share { get; } = Values.Text("--share", "NAME", "Share at the destination.", required: creating);

        public Option<int?> Port { get; } = Values.Number("--port", "PORT", "TLS port of the agent there; 8874 unless given.");

        public Option<int?> PlainPort { get; } = Values.Number("--plain-port", "PORT", "Send the data without TLS to this port of the agent: everybody on the way can read it.");

        public Option<string?> User { get; } = Values.Text("--user", "NAME", "Data replication user there.");

        public Option<string?> Password { get; } = Values.Text("--password-file", "FILE", "File with that user's password; - reads standard input.");

        public Option<string?> Schedule { get; } = Values.Text("--schedule", "TEXT", "Such as “Mon-Fri 18:00” or “every 15min 08:00-20:00”; futago task preview tries one. An empty text: by hand only.");

        public Option<bool?> Enabled { get; } = Values.Switch("--enabled", "Whether the schedule counts.");

        public Option<bool?> Delete { get; } = Values.Switch("--delete", "Delete files at the destination that the source no longer has.");

        public Option<string?> DeleteLimit { get; } = Values.Text("--delete-limit", "NUMBER", "Deletions per run at most, 1000 unless given; none for no limit.");

        public Option<string?> Bandwidth { get; } = Values.Text("--bandwidth", "SPEED", "Such as 50MiB/s; none for no limit.");

        public Option<bool?> Compress { get; } = Values.Switch("--compress", "Compress on the way.");

        public Option<string[]?> Include { get; } = new("--include") { HelpName = "PATTERN", Description = "Copied although an --exclude fits; can be repeated." };

        public Option<string[]?> Exclude { get; } = new("--exclude") { HelpName = "PATTERN", Description = "Not copied, for example *.tmp; can be repeated." };

        public Option<bool?> Attributes { get; } = Values.Switch("--attributes", "Copy access control lists and extended attributes too (the default).");

        public Option<bool?> HardLinks { get; } = Values.Switch("--hard-links", "Keep hard links (the default).");

        public Option<int?> Keep { get; } = Values.Number("--keep-snapshots", "NUMBER", "Snapshots that stay at the destination, one after each good run; 0 unless given.");

        public Option<int?> Shrink { get; } = Values.Number("--shrink-limit", "PERCENT", "With fewer files than this share of the last run's nothing is deleted; 50 unless given.");

        public IEnumerable<Option> All =>
            [Source, Folder, Destination, Share, Port, User, Password, Schedule, Enabled, Delete, DeleteLimit, Bandwidth, Compress, Include, Exclude, Attributes, HardLinks, Keep, Shrink];

        public async Task<string?> PasswordAsync(Invocation call) =>
            call.Value(Password) is { } source ? await SecretFile.ReadAsync(source, Password.Name, call.Environment, call.Cancellation) : null;

        /// <summary>What was given, over what was before.</summary>
        public ReplicationOptions Build(Invocation call, ReplicationOptions before) => new(
            call.Value(Delete) ?? before.Delete,
            call.Value(DeleteLimit) switch
            {
                null => before.DeleteLimit,
                "none" => null,
                var text => int.TryParse(text, out var number) ? number : throw new UsageException($"--delete-limit {text} is not a number: write for example 1000, or none."),
            },
            call.Value(Bandwidth) is { } speed ? Values.Speed(speed, Bandwidth.Name) is > 0 and var limit ? limit : null : before.BandwidthLimitBytesPerSecond,
            call.Value(Compress) ?? before.Compress,
            call.Has(Include) ? call.Value(Include) : before.Include,
            call.Has(Exclude) ? call.Value(Exclude) : before.Exclude,
            call.Value(Attributes) ?? before.Attributes,
            call.Value(HardLinks) ?? before.HardLinks);
    }
}
