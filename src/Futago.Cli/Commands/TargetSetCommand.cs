using System.CommandLine;
using Futago.Console.Client.Targets;

namespace Futago.Cli.Commands;

/// <summary><c>target set</c>: the alias and the CHAP accounts. Secrets come from files, never from the command line.</summary>
internal static class TargetSetCommand
{
    public static Verb Create()
    {
        var name = Values.Required("target", "Name of the target.");
        var alias = Values.Text("--alias", "TEXT", "A name for people; an empty text removes it.");
        var chapUser = Values.Text("--chap-user", "NAME", "CHAP user that initiators log in with. Needs --chap-secret-file.");
        var chapSecret = Values.Text("--chap-secret-file", "FILE", "File with the CHAP secret, 12 to 16 characters; - reads standard input.");
        var noChap = Values.Flag("--no-chap", "Log in without CHAP; turns mutual CHAP off too.");
        var mutualUser = Values.Text("--mutual-user", "NAME", "CHAP user that the target proves itself with. Needs --mutual-secret-file.");
        var mutualSecret = Values.Text("--mutual-secret-file", "FILE", "File with the target's own secret, different from the other; - reads standard input.");
        var noMutual = Values.Flag("--no-mutual", "The target no longer proves itself.");
        Symbol[] changes = [alias, chapUser, chapSecret, noChap, mutualUser, mutualSecret, noMutual];
        return new Verb("set", "Changes a target's alias and CHAP accounts.", async call =>
        {
            if (!changes.OfType<Option>().Any(call.Has))
                throw new UsageException("Say what to change: --alias, --chap-user, --no-chap, --mutual-user or --no-mutual.");
            Together(call, chapUser, chapSecret);
            Together(call, mutualUser, mutualSecret);
            Apart(call, noChap, chapUser, mutualUser);
            Apart(call, noMutual, mutualUser);
            if (call.Value(chapSecret) == "-" && call.Value(mutualSecret) == "-")
                throw new UsageException("Only one of the two secrets can come from standard input.");
            var request = new UpdateTargetRequest(
                call.Value(alias),
                call.Value(noChap) ? "" : call.Value(chapUser),
                await SecretAsync(call, chapSecret),
                call.Value(noMutual) ? "" : call.Value(mutualUser),
                await SecretAsync(call, mutualSecret));
            var view = await call.Console.Targets.UpdateAsync(call.Value(name), request, call.Cancellation);
            call.Print(view, output => output.WriteLine($"Changed the target {view.Name}."));
        }, [name, .. changes]);
    }

    private static async Task<string?> SecretAsync(Invocation call, Option<string?> option) =>
        call.Value(option) is { } source ? await SecretFile.ReadAsync(source, option.Name, call.Environment, call.Cancellation) : null;

    private static void Together(Invocation call, Option user, Option secret)
    {
        if (call.Has(user) != call.Has(secret))
            throw new UsageException($"{user.Name} and {secret.Name} go together.");
    }

    private static void Apart(Invocation call, Option off, params Option[] on)
    {
        foreach (var option in on)
        {
            if (call.Has(off) && call.Has(option))
                throw new UsageException($"{off.Name} and {option.Name} exclude each other.");
        }
    }
}
