using System.CommandLine;
using Futago.Cli.Output;
using Futago.Console.Client.Users;
using Futago.Engine.Contracts;

namespace Futago.Cli.Commands;

internal static class UserCommands
{
    private static readonly string[] Roles = ["viewer", "operator", "administrator"];

    public static Command Create() => new("user", "People who may sign in to the console.")
    {
        List(),
        CreateUser(),
        Set(),
        Delete(),
    };

    private static Argument<string> Name() => Values.Required("user", "Name of the user.");

    private static Option<string?> PasswordFile() =>
        Values.Text("--password-file", "FILE", "File with the password, at least 10 characters; - reads standard input. Without it a terminal asks.");

    private static Verb List() => new("list", "Lists the users.", async call =>
    {
        var users = await call.Console.Users.ListAsync(call.Cancellation);
        call.Print(users, output =>
        {
            var table = new Table("USER", "ROLE", "CREATED", "LAST SIGN-IN");
            foreach (var user in users)
                table.Add(user.Name, Format.Word(user.Role), Format.Time(user.CreatedAt, call.Environment), Format.Time(user.LastSignInAt, call.Environment));
            table.Write(output, "There are no users.");
        });
    });

    private static Verb CreateUser()
    {
        var name = Name();
        var role = Values.Choice("--role", "viewer sees everything, operator also starts and stops, administrator does all.", Roles);
        role.Required = true;
        var password = PasswordFile();
        return new Verb("create", "Makes a user.", async call =>
        {
            var request = new CreateUserRequest(
                call.Value(name),
                await PasswordAsync(call, password),
                Values.Enumerated<UserRole>(call.Value(role)!));
            var user = await call.Console.Users.CreateAsync(request, call.Cancellation);
            call.Print(user, output => output.WriteLine($"Created the user {user.Name}, {Format.Word(user.Role)}."));
        }, name, role, password);
    }

    private static Verb Set()
    {
        var name = Name();
        var role = Values.Choice("--role", "The new role.", Roles);
        var password = PasswordFile();
        var ask = Values.Flag("--password", "Ask for a new password on the terminal.");
        return new Verb("set", "Changes a user's role or password.", async call =>
        {
            var newPassword = call.Has(password) || call.Value(ask) ? await PasswordAsync(call, password) : null;
            if (newPassword is null && !call.Has(role))
                throw new UsageException("Say what to change: --role, --password-file or --password.");
            var request = new UpdateUserRequest(newPassword, call.Value(role) is { } word ? Values.Enumerated<UserRole>(word) : null);
            var user = await call.Console.Users.UpdateAsync(call.Value(name), request, call.Cancellation);
            call.Print(user, output => output.WriteLine($"Changed the user {user.Name}."));
        }, name, role, password, ask);
    }

    private static Verb Delete()
    {
        var name = Name();
        var yes = Values.Yes();
        return new Verb("delete", "Deletes a user with all tokens.", async call =>
        {
            var user = call.Value(name);
            await Confirmation.RequireAsync(call, call.Value(yes), $"Deleting the user {user}", user);
            await call.Console.Users.DeleteAsync(user, user, call.Cancellation);
            call.Done($"Deleted the user {user}.");
        }, name, yes);
    }

    internal static async Task<string> PasswordAsync(Invocation call, Option<string?> file)
    {
        if (call.Value(file) is { } source)
            return await SecretFile.ReadAsync(source, file.Name, call.Environment, call.Cancellation);
        if (!call.Environment.IsTerminal)
            throw new UsageException("Nobody can be asked for the password here: give --password-file.");
        var password = call.Environment.ReadHidden("Password: ");
        if (string.IsNullOrEmpty(password) || password != call.Environment.ReadHidden("The same again: "))
            throw ProblemException.Invalid(ProblemCodes.PasswordInvalid, "The two passwords are not the same: nothing was changed.", "password");
        return password;
    }
}
