using System.CommandLine;
using Futago.Cli.Output;

namespace Futago.Cli.Commands;

internal static class TokenCommands
{
    public static Command Create() => new("token", "Tokens: how programs and futago --url prove who they are.")
    {
        List(),
        CreateToken(),
        Delete(),
    };

    private static Verb List() => new("list", "Lists the tokens; their values are not kept.", async call =>
    {
        var tokens = await call.Console.Users.ListTokensAsync(call.Cancellation);
        call.Print(tokens, output =>
        {
            var table = new Table("TOKEN", "NAME", "USER", "CREATED", "LAST USED");
            foreach (var token in tokens)
                table.Add(token.Id.ToString(), token.Name, token.User, Format.Time(token.CreatedAt, call.Environment), Format.Time(token.LastUsedAt, call.Environment));
            table.Write(output, "There are no tokens.");
        });
    });

    private static Verb CreateToken()
    {
        var name = Values.Required("name", "What the token is for.");
        var user = Values.Text("--user", "NAME", "The user whose rights the token carries.", required: true);
        return new Verb("create", "Makes a token and writes its value, this once, to standard output.", async call =>
        {
            var token = await call.Console.Users.CreateTokenAsync(call.Value(user)!, call.Value(name), call.Cancellation);
            call.Print(token, output =>
            {
                call.Note($"Created the token {token.Name} of {token.User}. Its value is shown this once; keep it in a file that only you can read:");
                output.WriteLine(token.Value);
            });
        }, name, user);
    }

    private static Verb Delete()
    {
        var id = new Argument<Guid>("token") { Description = "The token, as futago token list shows it." };
        return new Verb("delete", "Deletes a token; who uses it is no longer let in.", async call =>
        {
            await call.Console.Users.DeleteTokenAsync(call.Value(id), call.Cancellation);
            call.Done($"Deleted the token {call.Value(id)}.");
        }, id);
    }
}
