using System.Buffers.Binary;
using Futago.Scsi.LogicalUnits;

namespace Futago.Scsi.Mode;

/// <summary>One mode page, SPC-4 section 7.5, SBC-3 section 6.5: its bytes with page code and length.</summary>
/// <param name="Default">Bytes with their default values.</param>
/// <param name="Changeable">A 1 for every bit that MODE SELECT may change; page code and length as in <paramref name="Default"/>.</param>
/// <param name="Fill">Puts values into a copy of the defaults.</param>
/// <param name="Apply">Takes over a page from MODE SELECT whose unchangeable bits have been compared; null when there is nothing.</param>
internal sealed record ModePage(
    byte[] Default,
    byte[] Changeable,
    Action<LogicalUnit, ModeValues, byte[]> Fill,
    Func<ModeValues, byte[], ModeValues>? Apply = null)
{
    private const byte Saveable = 0x80;
    private const byte SubpageFormat = 0x40;

    /// <summary>Which units have it; all of them when null.</summary>
    public Func<LogicalUnit, bool>? SupportedBy { get; init; }

    public int Code => Default[0] & 0x3f;

    public int Subpage => (Default[0] & SubpageFormat) != 0 ? Default[1] : 0;

    /// <summary>Bytes before the first parameter: page code and length, in sub_page format two more.</summary>
    public int HeaderLength => HeaderLengthOf(Default);

    public byte[] With(LogicalUnit unit, ModeValues values)
    {
        var page = (byte[])Default.Clone();
        Fill(unit, values, page);
        return Mark(unit, page);
    }

    /// <summary>PS tells that the page can be saved, SPC-4 section 7.5.7.</summary>
    public byte[] Mark(LogicalUnit unit, byte[] page)
    {
        if (Apply is null || !unit.Mode.CanSave)
            return page;
        var marked = (byte[])page.Clone();
        marked[0] |= Saveable;
        return marked;
    }

    /// <summary>Length of the page that begins here, or -1 when not even that is there.</summary>
    public static int LengthOf(ReadOnlySpan<byte> page)
    {
        if (page.Length < 2 || page.Length < HeaderLengthOf(page))
            return -1;
        return (page[0] & SubpageFormat) != 0 ? 4 + BinaryPrimitives.ReadUInt16BigEndian(page[2..]) : 2 + page[1];
    }

    /// <summary>Whether the page that begins here is one of this kind. PS is reserved in MODE SELECT data: initiators send back what MODE SENSE gave them.</summary>
    public bool Matches(ReadOnlySpan<byte> page) => (page[0] & ~Saveable) == (Default[0] & ~Saveable) && (Subpage == 0 || page[1] == Subpage);

    private static int HeaderLengthOf(ReadOnlySpan<byte> page) => (page[0] & SubpageFormat) != 0 ? 4 : 2;
}
