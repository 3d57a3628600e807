using System.Buffers.Binary;
using Futago.Scsi.LogicalUnits;
using Futago.Scsi.Sense;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.Commands;

/// <summary>Commands about the logical unit as a whole, SPC-4 chapter 6.</summary>
internal static class UnitCommands
{
    /// <summary>SPC-4 section 6.47; that the unit is ready was checked for every command of its kind before.</summary>
    public static void TestUnitReady(ScsiTask task) => task.Reply([], 0);

    /// <summary>
    /// REQUEST SENSE, SPC-4 section 6.39: a pending unit attention is returned as data and is over with that. Sense data of
    /// commands always travels with their status.
    /// </summary>
    public static void RequestSense(ScsiTask task)
    {
        var descriptorFormat = (task.Cdb[1] & 1) != 0;
        var (key, code) = (SenseKey.NO_SENSE, AdditionalSense.NO_ADDITIONAL_SENSE_INFORMATION);
        SenseData.Details details = default;
        // SPC-4 section 6.39: on a LUN that does not exist the sense data says so, with status GOOD.
        if (task.Unit.Kind == LogicalUnitKind.Absent)
            (key, code) = (SenseKey.ILLEGAL_REQUEST, AdditionalSense.LOGICAL_UNIT_NOT_SUPPORTED);
        else if (task.Unit.Attentions.TryTake(task.Nexus.Id, out var condition))
            (key, code) = (SenseKey.UNIT_ATTENTION, condition);
        else if (task.Unit.Sanitize.IsBlocked)
            (key, code, details) = task.Unit.Sanitize.Refusal;
        else if (task.Unit.NotReady is { } notReady)
            (key, code) = (SenseKey.NOT_READY, notReady);
        else if (task.Unit.NoMedium is { } noMedium)
            (key, code) = (SenseKey.NOT_READY, noMedium);
        Span<byte> data = stackalloc byte[SenseData.FixedLength];
        data.Clear();
        SenseData.Write(data, descriptorFormat, key, code, details);
        task.Reply(data[..SenseData.LengthOf(descriptorFormat, details)], task.Cdb[4]);
    }

    /// <summary>REPORT LUNS, SPC-4 section 6.33. Answers on every LUN, and ends REPORTED LUNS DATA HAS CHANGED for the nexus.</summary>
    public static void ReportLuns(ScsiTask task)
    {
        var select = task.Cdb[2];
        if (select > 2)
        {
            task.InvalidField(2);
            return;
        }
        // 01h asks for well known logical units only; there are none beside LUN 0.
        var luns = select == 1 ? [] : task.Target.ReportedLuns();
        var data = new byte[8 + luns.Count * 8];
        BinaryPrimitives.WriteUInt32BigEndian(data, (uint)(data.Length - 8));
        for (var i = 0; i < luns.Count; i++)
            BinaryPrimitives.WriteUInt64BigEndian(data.AsSpan(8 + i * 8), LunAddress.Format(luns[i]));
        task.Target.ForgetLunChange(task.Nexus);
        task.Reply(data, BinaryPrimitives.ReadUInt32BigEndian(task.Cdb[6..]));
    }

    /// <summary>PREVENT ALLOW MEDIUM REMOVAL, SBC-3 section 5.6: kept per nexus until it allows, is lost or the unit is reset.</summary>
    public static void PreventAllowMediumRemoval(ScsiTask task)
    {
        task.Unit.SetPrevention(task.Nexus.Id, (task.Cdb[4] & 1) != 0);
        task.Good();
    }

    /// <summary>PRE-FETCH (10), (16), SBC-3 section 5.8: a hint. GOOD, not CONDITION MET: nothing is promised to be in the cache.</summary>
    public static int AcceptPrefetch(ScsiTask task)
    {
        BlockRange.Decode(task);
        return BlockRange.Check(task) ? 0 : -1;
    }
}
