using System.CommandLine;

namespace Futago.Cli.Commands;

/// <summary>All nouns and their verbs.</summary>
internal static class CommandTree
{
    public static RootCommand Create(GlobalOptions globals)
    {
        var root = new RootCommand("Futago: two machines, one dependable storage. Administers a node from the command line.")
        {
            StatusCommand.Create(),
            NodeCommands.Create(),
            PairCommands.Create(),
            UnitCommands.Create(),
            GroupCommands.Create(),
            VolumeCommands.Create(),
            SnapshotCommands.Create(),
            ShareCommands.Create(),
            ShareUserCommands.Create(),
            TargetCommands.Create(),
            LunCommands.Create(),
            AccessCommands.Create(),
            SessionCommands.Create(),
            TaskCommands.Create(),
            DataReplicationCommands.Create(),
            VolumeReplicationCommands.Create(),
            FailoverCommands.Create(),
            NetworkCommands.Create(),
            AgentCommands.Create(),
            EventCommands.Create(),
            UserCommands.Create(),
            TokenCommands.Create(),
            ConfigCommands.Create(),
            WitnessCommand.Create(globals),
            CompletionCommand.Create(),
        };
        foreach (var option in globals.All)
            root.Add(option);
        return root;
    }
}
