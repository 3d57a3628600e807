using System.Globalization;

namespace Futago.Console.Components.Presentation;

/// <summary>The names that SAM-5 (section 5.3.1) gives to SCSI statuses, which are the ones in the logs of initiators; they are not translated.</summary>
public static class ScsiStatusText
{
    public static string Of(int status) => status switch
    {
        0x00 => "GOOD",
        0x02 => "CHECK CONDITION",
        0x04 => "CONDITION MET",
        0x08 => "BUSY",
        0x18 => "RESERVATION CONFLICT",
        0x28 => "TASK SET FULL",
        0x30 => "ACA ACTIVE",
        0x40 => "TASK ABORTED",
        _ => status.ToString("X2", CultureInfo.InvariantCulture),
    };

    /// <summary>As the statistics count failures: CONDITION MET is how PRE-FETCH says that it went well (SBC-4, PRE-FETCH).</summary>
    public static bool IsError(int status) => status is not (0x00 or 0x04);
}
