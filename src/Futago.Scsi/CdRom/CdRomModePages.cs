using Futago.Scsi.Mode;

namespace Futago.Scsi.CdRom;

/// <summary>The mode pages of a CD-ROM drive, MMC-5 section 7, by page code. Nothing in them can be changed.</summary>
internal static class CdRomModePages
{
    private const int CapabilitiesBytes = 32;

    public static IReadOnlyList<ModePage> Table { get; } =
    [
        // Read/write error recovery, MMC-5 section 7.3: everything is corrected below our sight; 1 retry at least is what hosts expect.
        Fixed([0x01, 0x0a, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]),
        // CD device parameters, MMC-3 section 6.3.4 (obsolete, still asked for): inactivity timer, 60 seconds a minute, 75 frames a second.
        Fixed([0x0d, 0x06, 0, 0, 0, Disc.SecondsPerMinute, 0, Disc.SectorsPerSecond]),
        // Power condition, SPC-4 section 7.5.13: no timers.
        Fixed([0x1a, 0x0a, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        // Timeout and protect, MMC-5 section 7.6: no timeouts.
        Fixed([0x1d, 0x08, 0, 0, 0, 0, 0, 0, 0, 0]),
        Capabilities(),
    ];

    private static ModePage Fixed(byte[] page) => new(page, Unchangeable(page), (_, _, _) => { });

    /// <summary>MM capabilities and mechanical status, MMC-3 section 6.3.11: what hosts before GET CONFIGURATION decide by.</summary>
    private static ModePage Capabilities()
    {
        const byte Locked = 0x02;
        var page = new byte[CapabilitiesBytes];
        page[0] = 0x2a;
        page[1] = CapabilitiesBytes - 2;
        // Reads DVD-ROM, CD-RW and CD-R; writes nothing.
        page[2] = 0x08 | 0x02 | 0x01;
        // LOADING MECHANISM TYPE 001b, tray; EJECT; LOCK.
        page[6] = 0x20 | 0x08 | 0x01;
        return new ModePage(page, Unchangeable(page), (unit, _, filled) => filled[6] |= unit.IsRemovalPrevented ? Locked : (byte)0);
    }

    private static byte[] Unchangeable(byte[] page)
    {
        var mask = new byte[page.Length];
        (mask[0], mask[1]) = (page[0], page[1]);
        return mask;
    }
}
