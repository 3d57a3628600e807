using System.Buffers.Binary;
using Futago.Scsi.LogicalUnits;
using Futago.Scsi.Sense;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.Mode;

/// <summary>MODE SENSE (6) and (10), SPC-4 sections 6.14 and 6.15.</summary>
internal static class ModeSenseCommand
{
    public static void Run(ScsiTask task)
    {
        var cdb = task.Cdb;
        var ten = cdb[0] == 0x5a;
        var (control, code, subpage) = (cdb[2] >> 6, cdb[2] & 0x3f, cdb[3]);
        // PC 11b asks for saved values, SPC-4 section 6.14.5.
        if (control == 3 && !task.Unit.Mode.CanSave)
        {
            task.Check(SenseKey.ILLEGAL_REQUEST, AdditionalSense.SAVING_PARAMETERS_NOT_SUPPORTED);
            return;
        }
        var pages = ModePages.Select(task.Unit, code, subpage);
        if (pages.Count == 0)
        {
            // Which of the two is wrong: there is the page, but not that subpage.
            task.InvalidField(ModePages.Select(task.Unit, code, ModePages.AllSubpages).Count > 0 ? 3 : 2);
            return;
        }
        var descriptor = (cdb[1] & 0x08) != 0 || !task.Unit.Model.HasBlockDescriptor ? [] : BlockDescriptor(task.Unit, longLba: ten && (cdb[1] & 0x10) != 0);
        var body = pages.SelectMany(page => control switch
        {
            0 => page.With(task.Unit, task.Unit.Mode.Current),
            1 => page.Mark(task.Unit, page.Changeable),
            2 => page.With(task.Unit, ModeParameters.Default),
            _ => page.With(task.Unit, task.Unit.Mode.Saved),
        }).ToArray();
        var reply = Header(task.Unit, ten, descriptor.Length, body.Length);
        task.Reply([.. reply, .. descriptor, .. body], ten ? BinaryPrimitives.ReadUInt16BigEndian(cdb[7..]) : cdb[4]);
    }

    /// <summary>Mode parameter header, SPC-4 section 7.5.5.</summary>
    private static byte[] Header(LogicalUnit unit, bool ten, int descriptorLength, int pagesLength)
    {
        var specific = unit.Model.DeviceSpecificParameter(unit);
        if (!ten)
            return [(byte)(3 + descriptorLength + pagesLength), 0, specific, (byte)descriptorLength];
        var header = new byte[8];
        BinaryPrimitives.WriteUInt16BigEndian(header, (ushort)(6 + descriptorLength + pagesLength));
        header[3] = specific;
        header[4] = (byte)(descriptorLength == 16 ? 1 : 0);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(6), (ushort)descriptorLength);
        return header;
    }

    /// <summary>Block descriptor, SBC-3 section 6.5.2: number of blocks and their size.</summary>
    private static byte[] BlockDescriptor(LogicalUnit unit, bool longLba)
    {
        var size = (uint)unit.Options.BlockSize;
        if (longLba)
        {
            var descriptor = new byte[16];
            BinaryPrimitives.WriteUInt64BigEndian(descriptor, unit.BlockCount);
            BinaryPrimitives.WriteUInt32BigEndian(descriptor.AsSpan(12), size);
            return descriptor;
        }
        var shortDescriptor = new byte[8];
        BinaryPrimitives.WriteUInt32BigEndian(shortDescriptor, (uint)Math.Min(unit.BlockCount, uint.MaxValue));
        // LOGICAL BLOCK LENGTH is the low 24 bits of the second word.
        BinaryPrimitives.WriteUInt32BigEndian(shortDescriptor.AsSpan(4), size);
        return shortDescriptor;
    }
}
