using System.Globalization;
using Futago.Engine.Contracts.Iscsi;

namespace Futago.Cli.Output;

/// <summary>Commands and their times as a table.</summary>
internal static class CommandPage
{
    public static void Write(TextWriter output, IReadOnlyList<RecordedCommand> commands, CliEnvironment environment, string empty)
    {
        var table = new Table("ARRIVED", "INITIATOR", ">LUN", "COMMAND", "CDB", ">READ", ">WRITTEN", ">STATUS", "SENSE", ">GATHERING", ">EXECUTION", ">SENDING", ">TOTAL");
        foreach (var command in commands)
        {
            table.Add(
                Format.Time(command.ArrivedAt, environment),
                command.Initiator,
                command.Lun < 0 ? "-" : command.Lun.ToString(CultureInfo.InvariantCulture),
                command.Operation,
                command.Cdb,
                Format.Size(command.BytesRead),
                Format.Size(command.BytesWritten),
                command.Status.ToString("X2", CultureInfo.InvariantCulture),
                command.Sense,
                Format.Latency(command.GatheringMicroseconds),
                Format.Latency(command.ExecutionMicroseconds),
                Format.Latency(command.SendingMicroseconds),
                Format.Latency(command.TotalMicroseconds));
        }
        table.Write(output, empty);
    }
}
