using System.CommandLine;
using Futago.Cli.Output;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Shares;

namespace Futago.Cli.Commands;

internal static class ShareCommands
{
    public static Command Create() => new("share", "Shares: folders of NAS volumes, offered over SMB.")
    {
        List(),
        Show(),
        CreateShare(),
        Set(),
        Delete(),
        Connections(),
    };

    private static Argument<string> Name() => Values.Required("share", "Name of the share.");

    private static Option<string[]> Hosts() => Many("--allowed-host", "ADDRESS", "Address or subnet that may connect, for example 10.77.0.0/24; repeat for more. Without any, every host may.");

    private static Option<string[]> Users() => Many("--allowed-user", "USER", "Share user who may connect; repeat for more. Without any, all share users may.");

    private static Option<string[]> Many(string name, string valueName, string description) =>
        new(name) { HelpName = valueName, Description = description, Arity = ArgumentArity.OneOrMore };

    private static Verb List() => new("list", "Lists the shares.", async call =>
    {
        var shares = await ReadAsync(call);
        call.Print(shares, output =>
        {
            var table = new Table("SHARE", "VOLUME", "FOLDER", "ACCESS", "GUESTS", "HOSTS", "USERS", "STATE");
            foreach (var share in shares)
            {
                table.Add(
                    share.Name,
                    Volume(share),
                    share.Folder.Length == 0 ? "/" : share.Folder,
                    share.ReadOnly ? "read only" : "read/write",
                    Format.YesNo(share.Guest),
                    share.AllowedHosts.Count == 0 ? "all" : string.Join(", ", share.AllowedHosts),
                    share.Users.Count == 0 ? "all" : string.Join(", ", share.Users),
                    share.Problem is null ? "served" : "not served");
            }
            table.Write(output, "There are no shares. Make one with futago share create.");
        });
    });

    private static Verb Show()
    {
        var name = Name();
        return new Verb("show", "Shows a share.", async call =>
        {
            var wanted = call.Value(name);
            var share = (await ReadAsync(call)).FirstOrDefault(s => string.Equals(s.Name, wanted, StringComparison.OrdinalIgnoreCase))
                ?? throw ProblemException.NotFound(ProblemCodes.ShareNotFound, $"There is no share {wanted}.", ("share", wanted));
            call.Print(share, output =>
            {
                output.WriteLine($"Share: {share.Name}");
                output.WriteLine($"    State: {(share.Problem is null ? "served" : "not served")}");
                if (share.Problem is { } problem)
                    output.WriteLine($"    Problem: {problem.Detail}");
                output.WriteLine($"    Volume: {Volume(share)}");
                output.WriteLine($"    Folder: {(share.Folder.Length == 0 ? "/" : share.Folder)}");
                output.WriteLine($"    Access: {(share.ReadOnly ? "read only" : "read/write")}");
                output.WriteLine($"    Guests: {Format.YesNo(share.Guest)}");
                output.WriteLine($"    Hosts: {(share.AllowedHosts.Count == 0 ? "all" : string.Join(", ", share.AllowedHosts))}");
                output.WriteLine($"    Users: {(share.Users.Count == 0 ? "all share users" : string.Join(", ", share.Users))}");
                if (share.Comment is { } comment)
                    output.WriteLine($"    Comment: {comment}");
                output.WriteLine($"    ID: {share.Id}");
            });
        }, name);
    }

    private static Verb CreateShare()
    {
        var name = Name();
        var volume = Values.Text("--volume", "GROUP/NAME", "The NAS volume, or a snapshot of one as GROUP/NAME@SNAPSHOT.", required: true);
        var folder = Values.Text("--folder", "FOLDER", "Folder of the volume, made when it is not there; without it the whole volume.");
        var readOnly = Values.Flag("--read-only", "Users may not write.");
        var guest = Values.Flag("--guest", "Let users in without a password.");
        var hosts = Hosts();
        var users = Users();
        var comment = Values.Text("--comment", "TEXT", "What people see beside the name.");
        return new Verb("create", "Makes a share.", async call =>
        {
            var request = new CreateShareRequest(
                call.Value(name), call.Value(volume)!, call.Value(folder), call.Value(readOnly), call.Value(guest),
                call.Value(hosts), call.Value(users), call.Value(comment));
            var share = await call.Console.Shares.CreateAsync(request, call.Cancellation);
            call.Print(share, output => output.WriteLine($"Created the share {share.Name} of {request.Volume}."));
        }, name, volume, folder, readOnly, guest, hosts, users, comment);
    }

    private static Verb Set()
    {
        var name = Name();
        var readOnly = Values.Switch("--read-only", "Whether users may only read.");
        var guest = Values.Switch("--guest", "Whether users are let in without a password.");
        var hosts = Hosts();
        var allHosts = Values.Flag("--all-hosts", "Every host may connect.");
        var users = Users();
        var allUsers = Values.Flag("--all-users", "All share users may connect.");
        var comment = Values.Text("--comment", "TEXT", "What people see beside the name; an empty text removes it.");
        var replication = new ShareReplicationOptions();
        return new Verb("set", "Changes a share.", async call =>
        {
            if (await replication.ApplyAsync(call, call.Value(name)) && !new Option[] { readOnly, guest, hosts, allHosts, users, allUsers, comment }.Any(call.Has))
                return;
            if (!new Option[] { readOnly, guest, hosts, allHosts, users, allUsers, comment }.Any(call.Has))
                throw new UsageException("Say what to change: --read-only, --guest, --allowed-host, --all-hosts, --allowed-user, --all-users, --comment or --data-replication.");
            if ((call.Has(hosts) && call.Value(allHosts)) || (call.Has(users) && call.Value(allUsers)))
                throw new UsageException("Some and all at once is not possible: give either the list or the option for all.");
            var request = new UpdateShareRequest(
                call.Has(readOnly) ? call.Value(readOnly) ?? true : null,
                call.Has(guest) ? call.Value(guest) ?? true : null,
                call.Value(allHosts) ? [] : call.Has(hosts) ? call.Value(hosts) : null,
                call.Value(allUsers) ? [] : call.Has(users) ? call.Value(users) : null,
                call.Value(comment));
            var share = await call.Console.Shares.UpdateAsync(call.Value(name), request, call.Cancellation);
            call.Print(share, output => output.WriteLine($"Changed the share {share.Name}."));
        }, [name, readOnly, guest, hosts, allHosts, users, allUsers, comment, .. replication.All]);
    }

    private static Verb Delete()
    {
        var name = Name();
        var yes = Values.Yes();
        return new Verb("delete", "Ends a share; the files stay on the volume.", async call =>
        {
            var share = call.Value(name);
            if (!call.Value(yes))
                await Confirmation.RequireAsync(call, false, $"Ending the share {share}, with the connections to it,", share);
            await call.Console.Shares.DeleteAsync(share, share, call.Cancellation);
            call.Done($"Deleted the share {share}; its files stay on the volume.");
        }, name, yes);
    }

    private static Verb Connections() => new("connections", "Lists the users who are connected.", async call =>
    {
        var connections = await Fallback.ReadAsync(
            call, console => console.Shares.ListConnectionsAsync(call.Cancellation), engine => engine.ListShareConnectionsAsync(call.Cancellation));
        call.Print(connections, output =>
        {
            var table = new Table("SHARE", "USER", "ADDRESS", "SINCE", "PROTOCOL");
            foreach (var connection in connections)
                table.Add(connection.Share, connection.User, connection.Address, Format.Time(connection.ConnectedAt, call.Environment), connection.Dialect ?? "-");
            table.Write(output, "Nobody is connected.");
        });
    });

    private static Task<IReadOnlyList<ShareInfo>> ReadAsync(Invocation call) =>
        Fallback.ReadAsync(call, console => console.Shares.ListAsync(call.Cancellation), engine => engine.ListSharesAsync(call.Cancellation));

    private static string Volume(ShareInfo share) => share.Volume is null ? "(gone)" : share.Snapshot is null ? share.Volume : $"{share.Volume}@{share.Snapshot}";
}
