using Futago.Console.Client.Targets;
using Futago.Engine.Contracts.Iscsi;

namespace Futago.Cli.Output;

/// <summary>One target with everything about it, in the order and layout that <c>tgtadm --op show --mode target</c> made familiar.</summary>
internal static class TargetPage
{
    public static void Write(TextWriter output, TargetView target, CliEnvironment environment)
    {
        output.WriteLine($"Target: {target.Name}");
        output.WriteLine("    System information:");
        output.WriteLine("        Driver: iscsi");
        output.WriteLine($"        State: {(target.Status is { } known ? Format.Word(known.State) : "unknown, the engine is not reachable")}");
        output.WriteLine($"        Started: {Format.YesNo(target.Started)}");
        if (target.Alias is { } alias)
            output.WriteLine($"        Alias: {TextWidth.Printable(alias)}");
        output.WriteLine($"        Created: {Format.Time(target.CreatedAt, environment)}");
        foreach (var problem in target.Status?.Problems ?? [])
            output.WriteLine($"        Problem: {problem.Object}: {problem.Problem.Detail}");
        output.WriteLine("    I_T nexus information:");
        foreach (var session in target.Status?.Sessions ?? [])
            WriteSession(output, session, environment);
        output.WriteLine("    LUN information:");
        if (target.Status is { } status)
        {
            foreach (var lun in status.Luns)
                WriteLun(output, lun);
        }
        else
        {
            foreach (var lun in target.Luns)
                WriteConfiguredLun(output, lun);
        }
        output.WriteLine("    Account information:");
        if (target.ChapUser is { } user)
            output.WriteLine($"        {user}");
        if (target.MutualUser is { } mutual)
            output.WriteLine($"        {mutual} (outgoing)");
        output.WriteLine("    Access rule information:");
        foreach (var rule in target.AccessRules)
            output.WriteLine($"        {rule.Address ?? rule.Initiator}");
    }

    /// <summary>What an initiator and a target agreed on, and what went over the session.</summary>
    public static void WriteSession(TextWriter output, SessionInfo session, CliEnvironment environment)
    {
        output.WriteLine($"        I_T nexus: {session.Id}");
        var alias = session.InitiatorAlias is { } text ? $" alias: {TextWidth.Printable(text)}" : "";
        output.WriteLine($"            Initiator: {TextWidth.Printable(session.InitiatorName)}{alias}");
        output.WriteLine($"            ISID: {session.Isid}, TSIH: {session.Tsih}");
        output.WriteLine($"            Since: {Format.Time(session.StartedAt, environment)}");
        if (session.ChapUser is { } user)
            output.WriteLine($"            CHAP user: {TextWidth.Printable(user)}");
        foreach (var connection in session.Connections)
        {
            output.WriteLine($"            Connection: {connection.Cid}");
            output.WriteLine($"                IP Address: {connection.RemoteAddress}");
            output.WriteLine($"                Portal: {connection.LocalAddress}");
        }
        output.WriteLine("            Negotiated parameters:");
        foreach (var (key, value) in session.Parameters.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            output.WriteLine($"                {TextWidth.Printable(key)}: {TextWidth.Printable(value)}");
        output.WriteLine($"            Commands: {session.Commands}, read: {Format.Size(session.BytesRead)}, written: {Format.Size(session.BytesWritten)}");
    }

    private static void WriteLun(TextWriter output, LunStatus lun)
    {
        output.WriteLine($"        LUN: {lun.Lun}");
        output.WriteLine($"            Type: {Format.LunType(lun.Type)}");
        output.WriteLine($"            SCSI ID: {lun.ScsiId}");
        output.WriteLine($"            SCSI SN: {lun.Serial}");
        output.WriteLine($"            Size: {Format.Size(lun.SizeBytes)}, Block size: {lun.BlockSize}");
        output.WriteLine($"            Online: {Format.YesNo(lun.Online)}");
        if (lun.Problem is { } problem)
            output.WriteLine($"            Problem: {problem.Detail}");
        output.WriteLine($"            Removable media: {Format.YesNo(lun.Removable)}");
        output.WriteLine($"            Readonly: {Format.YesNo(lun.ReadOnly)}");
        output.WriteLine($"            Backing store type: {lun.BackingStoreType}");
        output.WriteLine($"            Backing store path: {TextWidth.Printable(lun.BackingStorePath ?? "None")}");
        output.WriteLine($"            Backing store flags: {Flags(lun.WriteBack)}");
    }

    private static void WriteConfiguredLun(TextWriter output, LunView lun)
    {
        output.WriteLine($"        LUN: {lun.Lun}");
        output.WriteLine($"            Type: {Format.LunType(lun.Type)}");
        output.WriteLine($"            SCSI ID: {lun.ScsiId}");
        output.WriteLine($"            SCSI SN: {lun.Serial}");
        output.WriteLine($"            Block size: {lun.BlockSize}");
        output.WriteLine("            Online: unknown");
        output.WriteLine($"            Removable media: {Format.YesNo(lun.Removable)}");
        output.WriteLine($"            Readonly: {Format.YesNo(lun.ReadOnly)}");
        output.WriteLine($"            Backing store path: {TextWidth.Printable(lun.Source ?? "None")}");
        output.WriteLine($"            Backing store flags: {Flags(lun.WriteBack)}");
    }

    private static string Flags(bool writeBack) => writeBack ? "write-back" : "write-through";
}
