using System.Buffers.Binary;
using Futago.Scsi.LogicalUnits;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.Commands;

/// <summary>MAINTENANCE IN: what the device server can do, SPC-4 sections 6.35 to 6.37.</summary>
internal static class ReportCommands
{
    private const int TimeoutsLength = 12;

    /// <summary>REPORT SUPPORTED OPERATION CODES, SPC-4 section 6.35: the table of operation codes as the initiator may see it.</summary>
    public static void SupportedOperationCodes(ScsiTask task)
    {
        var cdb = task.Cdb;
        var timeouts = (cdb[2] & 0x80) != 0;
        var allocationLength = BinaryPrimitives.ReadUInt32BigEndian(cdb[6..]);
        var option = cdb[2] & 7;
        if (option == 0)
        {
            task.Reply(AllCommands(task.Unit, timeouts), allocationLength);
            return;
        }
        if (option > 3)
        {
            task.InvalidField(2);
            return;
        }
        var code = cdb[3];
        int serviceAction = BinaryPrimitives.ReadUInt16BigEndian(cdb[4..]);
        var hasServiceActions = CommandTable.HasServiceActions(code);
        // SPC-4 table 168: 001b is for commands without, 010b for commands with service actions.
        if ((option == 1 && hasServiceActions) || (option == 2 && !hasServiceActions && CommandTable.Find(code, 0) is not null))
        {
            task.InvalidField(2);
            return;
        }
        var definition = CommandTable.Find(code, serviceAction);
        if (option == 3 && !hasServiceActions && serviceAction != 0)
            definition = null;
        if (definition is not null && !definition.IsSupportedBy(task.Unit))
            definition = null;
        task.Reply(OneCommand(definition, timeouts), allocationLength);
    }

    /// <summary>REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS, SPC-4 section 6.36: ATS, ATSS, CTSS, LURS, TRS.</summary>
    public static void SupportedTaskManagement(ScsiTask task)
    {
        var extended = (task.Cdb[2] & 0x80) != 0;
        var data = new byte[extended ? 16 : 4];
        data[0] = 0x80 | 0x40 | 0x10 | 0x08 | 0x02;
        data[3] = (byte)(extended ? 0x0c : 0);
        task.Reply(data, BinaryPrimitives.ReadUInt32BigEndian(task.Cdb[6..]));
    }

    /// <summary>
    /// REPORT TARGET PORT GROUPS, SPC-4 section 6.37: this port's group, active/optimized; access changes only implicitly.
    /// </summary>
    public static void TargetPortGroups(ScsiTask task)
    {
        // PARAMETER DATA FORMAT: length only, or extended header.
        var format = task.Cdb[1] >> 5;
        if (format > 1)
        {
            task.InvalidField(1);
            return;
        }
        var headerLength = format == 1 ? 8 : 4;
        var data = new byte[headerLength + 12];
        BinaryPrimitives.WriteUInt32BigEndian(data, (uint)(data.Length - 4));
        if (format == 1)
            data[4] = 0x10;
        var group = data.AsSpan(headerLength);
        // Asymmetric access state 0h, active/optimized; AO_SUP; status 02h, changed implicitly; one port.
        group[1] = 0x01;
        BinaryPrimitives.WriteUInt16BigEndian(group[2..], task.Target.Options.PortalGroupTag);
        group[5] = 0x02;
        group[7] = 1;
        BinaryPrimitives.WriteUInt16BigEndian(group[10..], task.Target.Options.PortalGroupTag);
        task.Reply(data, BinaryPrimitives.ReadUInt32BigEndian(task.Cdb[6..]));
    }

    /// <summary>REPORT TIMESTAMP, SPC-4 section 6.38: milliseconds since 1970, set by other means than SET TIMESTAMP (011b).</summary>
    public static void Timestamp(ScsiTask task)
    {
        Span<byte> data = stackalloc byte[12];
        data.Clear();
        data[1] = 0x0a;
        data[2] = 0x03;
        Span<byte> now = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(now, task.Target.Clock.GetUtcNow().ToUnixTimeMilliseconds());
        now[2..].CopyTo(data[4..]);
        task.Reply(data, BinaryPrimitives.ReadUInt32BigEndian(task.Cdb[6..]));
    }

    private static byte[] AllCommands(LogicalUnit unit, bool timeouts)
    {
        var data = new List<byte>(2048) { 0, 0, 0, 0 };
        foreach (var definition in CommandTable.All.Where(definition => definition.IsSupportedBy(unit)))
        {
            var hasServiceAction = definition.ServiceAction is not null;
            var action = definition.ServiceAction ?? 0;
            data.AddRange([definition.OperationCode, 0, (byte)(action >> 8), (byte)action, 0,
                (byte)((timeouts ? 0x02 : 0) | (hasServiceAction ? 0x01 : 0)), 0, (byte)definition.CdbLength]);
            if (timeouts)
                AddTimeouts(data);
        }
        var list = data.ToArray();
        BinaryPrimitives.WriteUInt32BigEndian(list, (uint)(list.Length - 4));
        return list;
    }

    private static byte[] OneCommand(CommandDefinition? definition, bool timeouts)
    {
        // SUPPORT 001b: not supported; 011b: as the standard says.
        if (definition is null)
            return [0, 0x01, 0, 0];
        var data = new List<byte> { 0, (byte)((timeouts ? 0x80 : 0) | 0x03), 0, (byte)definition.CdbLength };
        data.AddRange(definition.UsageMap);
        if (timeouts)
            AddTimeouts(data);
        return [.. data];
    }

    /// <summary>Command timeouts descriptor, SPC-4 section 6.35.4: no times are given.</summary>
    private static void AddTimeouts(List<byte> data) => data.AddRange([0, TimeoutsLength - 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
}
