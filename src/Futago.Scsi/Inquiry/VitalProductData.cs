using System.Buffers.Binary;
using System.Text;
using Futago.Scsi.Commands;
using Futago.Scsi.Copy;
using Futago.Scsi.LogicalUnits;
using Futago.Scsi.Logs;

namespace Futago.Scsi.Inquiry;

/// <summary>Vital product data pages, SPC-4 section 7.8 and SBC-3 section 6.6. Each gives the bytes behind the page length.</summary>
internal static class VitalProductData
{
    private const int OptimalTransferBytes = 1 << 20;

    /// <summary>Page codes in ascending order with what writes them. Which ones a unit has is up to its <see cref="DeviceModel"/>.</summary>
    private static readonly SortedDictionary<byte, Func<LogicalUnit, ScsiTargetOptions, byte[]>> Pages = new()
    {
        [0x00] = (unit, _) => SupportedPages(unit),
        [0x80] = (unit, _) => Encoding.ASCII.GetBytes(unit.Options.Identity.Serial),
        [0x83] = (unit, target) => Designators.Write(unit, target.Name, target.PortalGroupTag),
        [0x86] = (_, _) => ExtendedInquiry(),
        [0x8f] = (unit, _) => ThirdPartyCopyPage.Write(unit),
        [0xb0] = (unit, _) => BlockLimits(unit),
        [0xb1] = (unit, _) => BlockDeviceCharacteristics(unit),
        [0xb2] = (unit, _) => Provisioning(unit),
    };

    /// <summary>The codes of all pages that there are.</summary>
    public static IReadOnlyCollection<byte> All => Pages.Keys;

    /// <returns>The page, or null when the unit does not have it.</returns>
    public static byte[]? Write(LogicalUnit unit, ScsiTargetOptions target, byte page)
    {
        if (!Has(unit, page))
            return null;
        var body = Pages[page](unit, target);
        var data = new byte[4 + body.Length];
        data[0] = unit.Model.PeripheralType;
        data[1] = page;
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(2), (ushort)body.Length);
        body.CopyTo(data, 4);
        return data;
    }

    private static bool Has(LogicalUnit unit, byte page) => unit.Model.VpdPages.Contains(page);

    private static byte[] SupportedPages(LogicalUnit unit) => [.. Pages.Keys.Where(page => Has(unit, page))];

    /// <summary>Extended INQUIRY data, SPC-4 section 7.8.7: HEADSUP, ORDSUP, SIMPSUP; LUICLR.</summary>
    private static byte[] ExtendedInquiry()
    {
        var page = new byte[0x3c];
        page[1] = 0x07;
        page[3] = 0x01;
        return page;
    }

    /// <summary>Block limits, SBC-3 section 6.6.4. Lengths are in logical blocks.</summary>
    private static byte[] BlockLimits(LogicalUnit unit)
    {
        var page = new byte[0x3c];
        var size = unit.Options.BlockSize;
        // WSNZ: only a thick unit takes 0 blocks in WRITE SAME for "up to the end".
        page[0] = (byte)(unit.Options.Thin ? 1 : 0);
        page[1] = CompareAndWriteCommand.MaximumBlocks;
        BinaryPrimitives.WriteUInt16BigEndian(page.AsSpan(2), (ushort)(unit.Options.PhysicalBlockSize / size));
        BinaryPrimitives.WriteUInt32BigEndian(page.AsSpan(4), (uint)(BlockRange.MaximumTransferBytes / size));
        BinaryPrimitives.WriteUInt32BigEndian(page.AsSpan(8), (uint)(OptimalTransferBytes / size));
        if (unit.AtomicWriter is { } atomic)
        {
            // Any alignment and granularity; no boundaries within a write.
            BinaryPrimitives.WriteUInt32BigEndian(page.AsSpan(40), (uint)(atomic.MaximumBytes / size));
            BinaryPrimitives.WriteUInt32BigEndian(page.AsSpan(44), 1);
            BinaryPrimitives.WriteUInt32BigEndian(page.AsSpan(48), 1);
        }
        if (!unit.Options.Thin)
            return page;
        BinaryPrimitives.WriteUInt32BigEndian(page.AsSpan(16), uint.MaxValue);
        BinaryPrimitives.WriteUInt32BigEndian(page.AsSpan(20), UnmapCommand.MaximumDescriptors);
        var granularity = Math.Max(unit.Device.UnmapGranularityBytes, Math.Max(size, unit.Options.PhysicalBlockSize));
        BinaryPrimitives.WriteUInt32BigEndian(page.AsSpan(24), (uint)(granularity / size));
        // UGAVALID with alignment 0.
        page[28] = 0x80;
        BinaryPrimitives.WriteUInt64BigEndian(page.AsSpan(32), WriteSameCommand.MaximumThinBlocks);
        return page;
    }

    /// <summary>
    /// Block device characteristics, SBC-3 section 6.6.2: medium rotation rate not reported; WABEREQ 01b, blocks can be read after
    /// SANITIZE BLOCK ERASE.
    /// </summary>
    private static byte[] BlockDeviceCharacteristics(LogicalUnit unit)
    {
        var page = new byte[0x3c];
        page[3] = (byte)(unit.Sanitize.IsOffered && unit.Options.Thin ? 0x40 : 0);
        return page;
    }

    /// <summary>Logical block provisioning, SBC-3 section 6.6.6: THRESHOLD EXPONENT; LBPU, LBPWS, LBPWS10, LBPRZ, ANC_SUP; thin.</summary>
    private static byte[] Provisioning(LogicalUnit unit) =>
        unit.Options.Thin ? [LogPages.ThresholdExponent(unit), 0xe6, 0x02, 0] : [0, 0, 0, 0];
}
