using System.Buffers.Binary;
using Futago.Blocks;
using Futago.Scsi.LogicalUnits;
using Futago.Scsi.Logs;

namespace Futago.Scsi.Mode;

/// <summary>The mode pages of a disk, by page code.</summary>
internal static class ModePages
{
    public const int All = 0x3f;
    public const int AllSubpages = 0xff;

    private const byte WriteCacheEnable = 0x04;
    private const byte DescriptorSense = 0x04;
    private const byte SoftwareWriteProtect = 0x08;
    private const byte ThresholdEnabled = 0x80;
    private const byte AvailableResource = 0x01;
    private const int ThresholdDescriptor = 16;

    /// <summary>A threshold that nobody has set is the capacity divided by this.</summary>
    private const int DefaultThresholdShare = 10;

    public static IReadOnlyList<ModePage> Table { get; } =
    [
        // Read-write error recovery, SBC-3 section 6.5.8: AWRE and ARRE; a virtual disk reallocates below our sight.
        new([0x01, 0x0a, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0x01, 0x0a, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], (_, _, _) => { }),

        // Caching, SBC-3 section 6.5.5: WCE says what writes really do. It is the administrator's choice, not the initiator's.
        new([0x08, 0x12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            [0x08, 0x12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            (unit, _, page) => page[2] = unit.Options.WriteBack ? WriteCacheEnable : (byte)0),

        // Control, SPC-4 section 7.5.8: GLTSD (nothing is logged in log pages), TAS (aborted commands of others report TASK ABORTED).
        new([0x0a, 0x0a, 0x02, 0, 0, 0x40, 0, 0, 0, 0, 0, 0],
            [0x0a, 0x0a, DescriptorSense, 0, SoftwareWriteProtect, 0, 0, 0, 0, 0, 0, 0],
            (_, values, page) =>
            {
                page[2] |= values.DescriptorSense ? DescriptorSense : (byte)0;
                page[4] |= values.SoftwareWriteProtect ? SoftwareWriteProtect : (byte)0;
            },
            (values, page) => values with
            {
                DescriptorSense = (page[2] & DescriptorSense) != 0,
                SoftwareWriteProtect = (page[4] & SoftwareWriteProtect) != 0,
            }),

        // Informational exceptions control, SPC-4 section 7.5.11: DEXCPT, none are reported.
        new([0x1c, 0x0a, 0x08, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0x1c, 0x0a, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], (_, _, _) => { }),

        // Logical block provisioning, SBC-3 section 6.5.7, sub_page format: one soft threshold, armed while the available space decreases.
        new([0x5c, 0x02, 0, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ThresholdEnabled, AvailableResource, 0, 0, 0, 0, 0, 0],
            [0x5c, 0x02, 0, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ThresholdEnabled, 0, 0, 0, 0xff, 0xff, 0xff, 0xff],
            (unit, values, page) =>
            {
                page[ThresholdDescriptor] = values.ThresholdEnabled ? ThresholdEnabled : (byte)0;
                BinaryPrimitives.WriteUInt32BigEndian(page.AsSpan(ThresholdDescriptor + 4), ThresholdOf(unit, values));
            },
            (values, page) => values with
            {
                ThresholdEnabled = (page[ThresholdDescriptor] & ThresholdEnabled) != 0,
                ThresholdSets = BinaryPrimitives.ReadUInt32BigEndian(page.AsSpan(ThresholdDescriptor + 4)),
            })
        { SupportedBy = unit => unit.Options.Thin && unit.Device is IBlockSpace },
    ];

    /// <summary>Available space at which initiators are told, in threshold sets.</summary>
    public static uint ThresholdOf(LogicalUnit unit, ModeValues values) =>
        values.ThresholdSets ?? (uint)Math.Min(unit.LengthBytes / LogPages.ThresholdSetBytes / DefaultThresholdShare, uint.MaxValue);

    /// <summary>The pages of a unit that a request names.</summary>
    /// <param name="code"><see cref="All"/> or a page code.</param>
    /// <param name="subpage">0 for pages without subpages, <see cref="AllSubpages"/>, or one subpage code.</param>
    public static IReadOnlyList<ModePage> Select(LogicalUnit unit, int code, int subpage) =>
    [
        .. unit.Model.ModePages.Where(page => (code == All || page.Code == code)
            && (subpage == AllSubpages || page.Subpage == subpage)
            && page.SupportedBy?.Invoke(unit) != false),
    ];
}
