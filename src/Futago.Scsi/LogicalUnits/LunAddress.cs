namespace Futago.Scsi.LogicalUnits;

/// <summary>The 8-byte LUN field, SAM-5 section 4.7: single level only.</summary>
public static class LunAddress
{
    public const int Maximum = 0x3fff;

    /// <summary>REPORT LUNS well known logical unit, SAM-5 section 4.7.9.</summary>
    public const ulong ReportLunsWellKnown = 0xc101_0000_0000_0000;

    /// <returns>LUN number, or -1 when the field is in a format that no logical unit here has.</returns>
    public static int Parse(ulong field)
    {
        if ((field & 0x0000_ffff_ffff_ffff) != 0)
            return -1;
        var first = (int)(field >> 48);
        return (first >> 14) switch
        {
            // Peripheral device addressing, SAM-5 section 4.7.7.2: bus identifier 0 means this level.
            0 when (first & 0x3f00) == 0 => first & 0xff,
            // Flat space addressing, SAM-5 section 4.7.7.3.
            1 => first & 0x3fff,
            _ => -1,
        };
    }

    /// <summary>Numbers under 256 in peripheral device addressing, which every initiator understands; others flat.</summary>
    public static ulong Format(int lun)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lun);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lun, Maximum);
        return (ulong)(lun < 256 ? lun : 0x4000 | lun) << 48;
    }
}
