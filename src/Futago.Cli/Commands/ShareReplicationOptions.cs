using System.CommandLine;
using Futago.Console.Client.DataReplication;

namespace Futago.Cli.Commands;

/// <summary>The options of <c>share set</c> that let other nodes copy to the share.</summary>
internal sealed class ShareReplicationOptions
{
    private readonly Option<string?> _use = Values.Choice("--data-replication", "on: other nodes may copy to this share. off: they no longer may; the files stay.", "on", "off");
    private readonly Option<string?> _user = Values.Text("--user", "NAME", "Data replication user of the share.");
    private readonly Option<string?> _password = Values.Text("--password-file", "FILE", "File with that user's password, 8 to 128 characters; - reads standard input.");
    private readonly Option<string[]?> _allow = new("--allow") { HelpName = "ADDRESS", Description = "Address or subnet that sources may come from, or ALL; repeat for more." };

    public IReadOnlyList<Option> All => [_use, _user, _password, _allow];

    /// <returns>False when none of the options was given.</returns>
    public async Task<bool> ApplyAsync(Invocation call, string share)
    {
        if (!All.Any(call.Has))
            return false;
        if (call.Value(_use) == "off")
        {
            await call.Console.Agent.RemoveShareAsync(share, call.Cancellation);
            call.Done($"The share {share} no longer uses data replication; its files stay.");
            return true;
        }
        var password = call.Value(_password) is { } source ? await SecretFile.ReadAsync(source, _password.Name, call.Environment, call.Cancellation) : null;
        var view = await call.Console.Agent.SetShareAsync(share, new SetAgentShareRequest(call.Value(_user), password, call.Has(_allow) ? call.Value(_allow) : null), call.Cancellation);
        call.Print(view, output => output.WriteLine($"The share {view.Share} uses data replication: user {view.User}, from {string.Join(", ", view.Allowed)}."));
        if (await call.Console.Agent.GetAsync(call.Cancellation) is { Enabled: false })
            call.Note("The data replication agent is disabled; enable it with futago agent enable.");
        return true;
    }
}
