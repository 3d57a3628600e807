using System.Buffers.Binary;
using Futago.Scsi.LogicalUnits;

namespace Futago.Scsi.Inquiry;

/// <summary>Standard INQUIRY data, SPC-4 section 6.6.2.</summary>
internal static class StandardInquiry
{
    public const int Length = 96;

    public static byte[] Write(LogicalUnit unit)
    {
        var data = new byte[Length];
        var model = unit.Model;
        data[0] = model.PeripheralType;
        data[1] = (byte)(unit.Options.Removable ? 0x80 : 0);
        // VERSION 06h: SPC-4. HISUP, RESPONSE DATA FORMAT 2.
        data[2] = 0x06;
        data[3] = 0x12;
        data[4] = Length - 5;
        data[5] = model.InquiryByte5;
        // MULTIP, CMDQUE.
        data[6] = 0x10;
        data[7] = 0x02;
        ProductIdentity.Vendor.CopyTo(data.AsSpan(8));
        model.Product.CopyTo(data.AsSpan(16));
        ProductIdentity.Revision.CopyTo(data.AsSpan(32));
        for (var i = 0; i < model.VersionDescriptors.Count; i++)
            BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(58 + 2 * i), model.VersionDescriptors[i]);
        return data;
    }
}
