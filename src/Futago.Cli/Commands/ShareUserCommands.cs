using System.CommandLine;
using Futago.Cli.Output;
using Futago.Engine.Contracts.Shares;

namespace Futago.Cli.Commands;

internal static class ShareUserCommands
{
    public static Command Create() => new("share-user", "People who may connect to shares. They are not users of the console.")
    {
        List(),
        Set(),
        Delete(),
    };

    private static Argument<string> Name() => Values.Required("user", "Name of the share user.");

    private static Verb List() => new("list", "Lists the share users.", async call =>
    {
        var users = await Fallback.ReadAsync(
            call, console => console.Shares.ListUsersAsync(call.Cancellation), engine => engine.ListShareUsersAsync(call.Cancellation));
        call.Print(users, output =>
        {
            var table = new Table("USER");
            foreach (var user in users)
                table.Add(user.Name);
            table.Write(output, "There are no share users. Add one with futago share-user set.");
        });
    });

    private static Verb Set()
    {
        var name = Name();
        var password = Values.Text("--password-file", "FILE", "File with the password, 8 to 127 characters; - reads standard input. Without it a terminal asks.");
        return new Verb("set", "Adds a share user, or gives one a new password.", async call =>
        {
            var request = new SetShareUserRequest(await UserCommands.PasswordAsync(call, password));
            var user = await call.Console.Shares.SetUserAsync(call.Value(name), request, call.Cancellation);
            call.Print(user, output => output.WriteLine($"The share user {user.Name} has this password now."));
        }, name, password);
    }

    private static Verb Delete()
    {
        var name = Name();
        var yes = Values.Yes();
        return new Verb("delete", "Deletes a share user; files stay.", async call =>
        {
            var user = call.Value(name);
            await Confirmation.RequireAsync(call, call.Value(yes), $"Deleting the share user {user}", user);
            await call.Console.Shares.DeleteUserAsync(user, call.Cancellation);
            call.Done($"Deleted the share user {user}.");
        }, name, yes);
    }
}
