using Futago.Scsi.CdRom;
using Futago.Scsi.Inquiry;
using Futago.Scsi.Mode;
using Futago.Scsi.Sense;

namespace Futago.Scsi.LogicalUnits;

/// <summary>
/// Where answers of all logical units differ by their peripheral device type: one row per type. What only one type has is a command of
/// that type.
/// </summary>
internal sealed class DeviceModel
{
    private const byte WriteProtected = 0x80;
    private const byte DpoFua = 0x10;

    /// <summary>SAM-5, SPC-4, iSCSI (no version claimed of each), SPC-4 table 142; the command set comes between the last two.</summary>
    private const ushort Sam5 = 0x00a0;
    private const ushort Spc4 = 0x0460;
    private const ushort Sbc3 = 0x04c0;
    private const ushort Mmc6 = 0x04e0;
    private const ushort Iscsi = 0x0960;

    private static readonly DeviceModel Disk = new()
    {
        PeripheralType = 0x00,
        Product = ProductIdentity.Product,
        VersionDescriptors = [Sam5, Spc4, Sbc3, Iscsi],
        // TPGS 01b: implicit asymmetric access, described by REPORT TARGET PORT GROUPS. 3PC: third-party copies.
        InquiryByte5 = 0x10 | 0x08,
        VpdPages = VitalProductData.All,
        ModePages = Mode.ModePages.Table,
        HasBlockDescriptor = true,
        DeviceSpecificParameter = unit => (byte)(DpoFua | (unit.IsWriteProtected ? WriteProtected : 0)),
    };

    private static readonly DeviceModel CdRomDrive = new()
    {
        PeripheralType = 0x05,
        Product = ProductIdentity.CdRom,
        VersionDescriptors = [Sam5, Spc4, Mmc6, Iscsi],
        VpdPages = [0x00, 0x80, 0x83],
        ModePages = CdRomModePages.Table,
        // MMC-5 section 7.2.2: no block descriptors, and the device specific parameter is reserved.
        HasBlockDescriptor = false,
        Ejected = AdditionalSense.MEDIUM_NOT_PRESENT_TRAY_OPEN,
    };

    private static readonly DeviceModel Controller = new()
    {
        PeripheralType = 0x0c,
        Product = ProductIdentity.Controller,
        VersionDescriptors = [Sam5, Spc4, Sbc3, Iscsi],
        VpdPages = [0x00, 0x83],
    };

    /// <summary>SPC-4 section 6.6.2: peripheral qualifier 011b with type 1Fh where no logical unit can be.</summary>
    private static readonly DeviceModel Absent = new()
    {
        PeripheralType = 0x7f,
        Product = ProductIdentity.Controller,
        VersionDescriptors = [Sam5, Spc4, Sbc3, Iscsi],
    };

    private DeviceModel()
    {
    }

    /// <summary>PERIPHERAL QUALIFIER and PERIPHERAL DEVICE TYPE, SPC-4 section 6.6.2.</summary>
    public required byte PeripheralType { get; init; }

    /// <summary>PRODUCT IDENTIFICATION, 16 characters.</summary>
    public required byte[] Product { get; init; }

    public required IReadOnlyList<ushort> VersionDescriptors { get; init; }

    /// <summary>SCCS to PROTECT of the standard INQUIRY data.</summary>
    public byte InquiryByte5 { get; init; }

    public IReadOnlyCollection<byte> VpdPages { get; init; } = [];

    public IReadOnlyList<ModePage> ModePages { get; init; } = [];

    public bool HasBlockDescriptor { get; init; } = true;

    /// <summary>DEVICE-SPECIFIC PARAMETER of the mode parameter header.</summary>
    public Func<LogicalUnit, byte> DeviceSpecificParameter { get; init; } = _ => 0;

    /// <summary>Why there is no medium after it was ejected.</summary>
    public AdditionalSense Ejected { get; init; } = AdditionalSense.MEDIUM_NOT_PRESENT;

    public static DeviceModel Of(LogicalUnitKind kind) => kind switch
    {
        LogicalUnitKind.Disk => Disk,
        LogicalUnitKind.CdRom => CdRomDrive,
        LogicalUnitKind.Controller => Controller,
        _ => Absent,
    };
}
