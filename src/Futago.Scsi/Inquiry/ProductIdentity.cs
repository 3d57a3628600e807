using System.Text;

namespace Futago.Scsi.Inquiry;

/// <summary>What this product calls itself in INQUIRY data: padded ASCII fields of fixed width.</summary>
internal static class ProductIdentity
{
    public static ReadOnlySpan<byte> Vendor => "FUTAGO  "u8;

    public static byte[] Product { get; } = [.. "VIRTUAL-DISK    "u8];

    public static byte[] CdRom { get; } = [.. "VIRTUAL-CDROM   "u8];

    public static byte[] Controller { get; } = [.. "CONTROLLER      "u8];

    /// <summary>PRODUCT REVISION LEVEL: major and minor version in four characters.</summary>
    public static byte[] Revision { get; } = FormatRevision();

    private static byte[] FormatRevision()
    {
        var version = typeof(ProductIdentity).Assembly.GetName().Version ?? new Version(0, 0);
        var text = FormattableString.Invariant($"{version.Major}.{version.Minor}");
        return Encoding.ASCII.GetBytes(text.PadRight(4)[..4]);
    }
}
