using System.Buffers.Binary;
using Futago.Scsi.LogicalUnits;

namespace Futago.Scsi.Inquiry;

/// <summary>Standard INQUIRY data, SPC-4 section 6.6.2.</summary>
internal static class StandardInquiry
{
    public const int Length = 96;

    /// <summary>SAM-5, SPC-4, SBC-3, iSCSI (no version claimed of each), SPC-4 table 142.</summary>
    private static readonly ushort[] VersionDescriptors = [0x00a0, 0x0460, 0x04c0, 0x0960];

    public static byte[] Write(LogicalUnit unit)
    {
        var data = new byte[Length];
        data[0] = PeripheralType(unit);
        var disk = unit.Kind == LogicalUnitKind.Disk;
        data[1] = (byte)(disk && unit.Options.Removable ? 0x80 : 0);
        // VERSION 06h: SPC-4. HISUP, RESPONSE DATA FORMAT 2.
        data[2] = 0x06;
        data[3] = 0x12;
        data[4] = Length - 5;
        // TPGS 01b: implicit asymmetric access, described by REPORT TARGET PORT GROUPS.
        // 3PC: third-party copies.
        data[5] = (byte)(disk ? 0x10 | 0x08 : 0);
        // MULTIP, CMDQUE.
        data[6] = 0x10;
        data[7] = 0x02;
        ProductIdentity.Vendor.CopyTo(data.AsSpan(8));
        (disk ? ProductIdentity.Product : ProductIdentity.Controller).CopyTo(data.AsSpan(16));
        ProductIdentity.Revision.CopyTo(data.AsSpan(32));
        for (var i = 0; i < VersionDescriptors.Length; i++)
            BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(58 + 2 * i), VersionDescriptors[i]);
        return data;
    }

    /// <summary>
    /// PERIPHERAL QUALIFIER and DEVICE TYPE, SPC-4 section 6.6.2: 7Fh where no logical unit can be, a storage array controller on
    /// LUN 0 without a volume.
    /// </summary>
    public static byte PeripheralType(LogicalUnit unit) => unit.Kind switch
    {
        LogicalUnitKind.Disk => 0x00,
        LogicalUnitKind.Controller => 0x0c,
        _ => 0x7f,
    };
}
