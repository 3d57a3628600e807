using System.Buffers.Binary;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.Inquiry;

/// <summary>INQUIRY, SPC-4 section 6.6.</summary>
internal static class InquiryCommand
{
    public static void Run(ScsiTask task)
    {
        var cdb = task.Cdb;
        var (page, allocationLength) = (cdb[2], BinaryPrimitives.ReadUInt16BigEndian(cdb[3..]));
        // CMDDT is obsolete: what used it is REPORT SUPPORTED OPERATION CODES now.
        if ((cdb[1] & 0x02) != 0)
        {
            task.InvalidField(1);
            return;
        }
        var vitalProductData = (cdb[1] & 0x01) != 0;
        // SPC-4 section 6.6.1: a page code without EVPD is an error.
        if (!vitalProductData && page != 0)
        {
            task.InvalidField(2);
            return;
        }
        var data = vitalProductData
            ? VitalProductData.Write(task.Unit, task.Target.Options, page)
            : StandardInquiry.Write(task.Unit);
        if (data is null)
            task.InvalidField(2);
        else
            task.Reply(data, allocationLength);
    }
}
