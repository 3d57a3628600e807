using System.Buffers.Binary;
using System.Text;
using Futago.Scsi.LogicalUnits;

namespace Futago.Scsi.Inquiry;

/// <summary>
/// Designation descriptors of VPD page 83h, SPC-4 section 7.8.6. docs/protocol/scsi-identity.md describes which identifier
/// turns into what, and why it may never change.
/// </summary>
internal static class Designators
{
    private const byte Binary = 1;
    private const byte Ascii = 2;
    private const byte Utf8 = 3;

    private const byte OfLogicalUnit = 0x00;
    private const byte OfTargetPort = 0x10;
    private const byte OfTargetDevice = 0x20;

    private const byte T10VendorId = 1;
    private const byte Eui64 = 2;
    private const byte Naa = 3;
    private const byte RelativeTargetPort = 4;
    private const byte TargetPortGroup = 5;
    private const byte ScsiName = 8;

    /// <summary>PROTOCOL IDENTIFIER of iSCSI with PIV, SPC-4 section 7.6.1.</summary>
    private const byte Iscsi = 5 << 4;

    /// <summary>Designators of the logical unit (unless it is the controller), the target port and the target device.</summary>
    public static byte[] Write(LogicalUnit unit, string targetName, ushort portGroup)
    {
        var page = new List<byte>();
        if (!unit.IsController)
        {
            var id = unit.Options.Identity.ScsiId;
            Add(page, Binary, OfLogicalUnit, IsNaa(id) ? Naa : Eui64, Convert.FromHexString(id));
            Add(page, Ascii, OfLogicalUnit, T10VendorId, [.. ProductIdentity.Vendor, .. Encoding.ASCII.GetBytes(id.ToUpperInvariant())]);
        }
        var number = new byte[4];
        BinaryPrimitives.WriteUInt16BigEndian(number.AsSpan(2), portGroup);
        Add(page, Binary, OfTargetPort, RelativeTargetPort, number);
        Add(page, Binary, OfTargetPort, TargetPortGroup, number);
        Add(page, Utf8, OfTargetPort, ScsiName, Name(FormattableString.Invariant($"{targetName},t,0x{portGroup:x4}")));
        Add(page, Utf8, OfTargetDevice, ScsiName, Name(targetName));
        return [.. page];
    }

    /// <summary>Whether this is a designator of the unit: code set, association and type, reserved, length, identifier.</summary>
    public static bool Identify(LogicalUnit unit, ReadOnlySpan<byte> designator)
    {
        var id = unit.Options.Identity.ScsiId;
        if (designator.Length < 4 || designator[3] > designator.Length - 4 || (designator[1] & 0x30) != OfLogicalUnit)
            return false;
        var identifier = designator.Slice(4, designator[3]);
        return (designator[1] & 0x0f) switch
        {
            Naa => IsNaa(id) && identifier.SequenceEqual(Convert.FromHexString(id)),
            Eui64 => !IsNaa(id) && identifier.SequenceEqual(Convert.FromHexString(id)),
            _ => false,
        };
    }

    /// <summary>Identification descriptor CSCD descriptor, SPC-4 section 6.4.5.4.</summary>
    public static void WriteCscd(LogicalUnit unit, Span<byte> descriptor)
    {
        var id = Convert.FromHexString(unit.Options.Identity.ScsiId);
        descriptor[0] = 0xe4;
        descriptor[4] = Binary;
        descriptor[5] = IsNaa(unit.Options.Identity.ScsiId) ? Naa : Eui64;
        descriptor[7] = (byte)id.Length;
        id.CopyTo(descriptor[8..]);
        BinaryPrimitives.WriteInt32BigEndian(descriptor[28..], unit.Options.BlockSize);
    }

    /// <summary>
    /// NAA formats that hold a registered or locally assigned name, SPC-4 section 7.8.6.6: 2, 3 and 5 in 8 bytes, 6 in 16.
    /// </summary>
    public static bool IsNaa(string scsiId) => scsiId.Length == 32 ? scsiId[0] == '6' : scsiId[0] is '2' or '3' or '5';

    private static void Add(List<byte> page, byte codeSet, byte association, byte type, byte[] designator)
    {
        var ofPort = association != OfLogicalUnit;
        page.Add((byte)((ofPort ? Iscsi : 0) | codeSet));
        page.Add((byte)((ofPort ? 0x80 : 0) | association | type));
        page.Add(0);
        page.Add((byte)designator.Length);
        page.AddRange(designator);
    }

    /// <summary>SCSI name string, SPC-4 section 7.8.6.11: UTF-8, ended and padded with NUL to a multiple of four.</summary>
    private static byte[] Name(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Array.Resize(ref bytes, (bytes.Length / 4 + 1) * 4);
        return bytes;
    }
}
