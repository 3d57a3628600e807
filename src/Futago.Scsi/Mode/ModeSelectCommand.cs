using System.Buffers.Binary;
using Futago.Scsi.Commands;
using Futago.Scsi.Sense;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.Mode;

/// <summary>
/// MODE SELECT (6) and (10), SPC-4 sections 6.12 and 6.13. The whole list is checked first: a bit that cannot be changed must
/// have the value it has. With SP the pages in the list are saved, durably, before they take effect and before the answer.
/// </summary>
internal static class ModeSelectCommand
{
    private const byte PageFormat = 0x10;
    private const byte SavePages = 0x01;

    public static int Accept(ScsiTask task)
    {
        if (((task.Cdb[1] & SavePages) != 0 && !task.Unit.Mode.CanSave) || (task.Cdb[1] & PageFormat) == 0)
        {
            task.InvalidField(1);
            return -1;
        }
        var length = ListLength(task);
        return BlockRange.CheckDataOut(task, length) ? length : -1;
    }

    public static async Task RunAsync(ScsiTask task)
    {
        var length = ListLength(task);
        // SPC-4 section 6.12: no parameter list is not an error.
        if (length == 0)
        {
            task.Good();
            return;
        }
        if (!BlockRange.HasDataOut(task.Command, length))
        {
            task.Check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_COMMAND_INFORMATION_UNIT);
            return;
        }
        var list = task.Command.DataOut!.Slice(0, length).ToArray();
        if (!TryParse(task, list, out var changes))
            return;
        var mode = task.Unit.Mode;
        if ((task.Cdb[1] & SavePages) != 0)
        {
            var saved = Apply(changes, mode.Saved);
            await Task.Run(() => mode.Save(saved));
        }
        mode.Current = Apply(changes, mode.Current);
        // SPC-4 section 6.12: every other nexus learns of the change.
        if (changes.Count > 0)
            task.Unit.Attentions.AddToAll(AdditionalSense.MODE_PARAMETERS_CHANGED, task.Nexus.Id);
        task.Good();
    }

    private static ModeValues Apply(List<(ModePage Page, byte[] Bytes)> changes, ModeValues values) =>
        changes.Aggregate(values, (current, change) => change.Page.Apply?.Invoke(current, change.Bytes) ?? current);

    private static int ListLength(ScsiTask task) =>
        task.Cdb[0] == 0x55 ? BinaryPrimitives.ReadUInt16BigEndian(task.Cdb[7..]) : task.Cdb[4];

    private static bool TryParse(ScsiTask task, byte[] list, out List<(ModePage Page, byte[] Bytes)> changes)
    {
        changes = [];
        var ten = task.Cdb[0] == 0x55;
        var headerLength = ten ? 8 : 4;
        if (list.Length < headerLength)
            return LengthError(task);
        int descriptorLength = ten ? BinaryPrimitives.ReadUInt16BigEndian(list.AsSpan(6)) : list[3];
        if (descriptorLength > list.Length - headerLength)
            return LengthError(task);
        if (!CheckBlockDescriptor(task, list.AsSpan(headerLength, descriptorLength), headerLength))
            return false;
        for (var at = headerLength + descriptorLength; at < list.Length;)
        {
            var pageLength = ModePage.LengthOf(list.AsSpan(at));
            if (pageLength < 0 || list.Length - at < pageLength)
                return LengthError(task);
            var bytes = list[at..(at + pageLength)];
            var page = ModePages.Select(task.Unit, ModePages.All, ModePages.AllSubpages).FirstOrDefault(candidate => candidate.Matches(bytes));
            if (page is null || page.Default.Length != bytes.Length)
                return Invalid(task, at);
            var current = page.With(task.Unit, task.Unit.Mode.Current);
            for (var i = page.HeaderLength; i < bytes.Length; i++)
            {
                if (((bytes[i] ^ current[i]) & ~page.Changeable[i]) != 0)
                    return Invalid(task, at + i);
            }
            changes.Add((page, bytes));
            at += bytes.Length;
        }
        return true;
    }

    /// <summary>The medium keeps its block size and number of blocks: a descriptor must say 0 or what is.</summary>
    private static bool CheckBlockDescriptor(ScsiTask task, ReadOnlySpan<byte> descriptor, int at)
    {
        if (descriptor.Length == 0)
            return true;
        if (descriptor.Length is not (8 or 16))
            return Invalid(task, at);
        var size = BinaryPrimitives.ReadUInt32BigEndian(descriptor[^4..]) & (descriptor.Length == 8 ? 0xff_ffffu : uint.MaxValue);
        return size == (uint)task.BlockSize || size == 0 || Invalid(task, at + descriptor.Length - 4);
    }

    private static bool LengthError(ScsiTask task)
    {
        task.Check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
        return false;
    }

    private static bool Invalid(ScsiTask task, int at)
    {
        task.InvalidParameter(at);
        return false;
    }
}
