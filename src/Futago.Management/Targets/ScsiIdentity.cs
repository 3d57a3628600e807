using System.Buffers;
using System.Security.Cryptography;
using Futago.Engine.Contracts;

namespace Futago.Management.Targets;

/// <summary>
/// SCSI IDs: what tells one disk from another for an initiator. 16 hexadecimal digits, or 32 for a name from elsewhere that a
/// moved disk has to keep.
/// </summary>
public static class ScsiIdentity
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>
    /// A new one: type 3h, "locally assigned" (SPC-6 7.7.6.5.4), and 60 random bits, so that two nodes never agree by accident.
    /// </summary>
    public static string Create() => "3" + RandomNumberGenerator.GetHexString(15, lowercase: true);

    public static string Check(string scsiId)
    {
        var normalised = scsiId.Trim().ToLowerInvariant();
        if (normalised.Length is not (16 or 32) || normalised.AsSpan().ContainsAnyExcept(HexDigits) || !normalised.AsSpan().ContainsAnyExcept('0'))
            throw ProblemException.Invalid(ProblemCodes.LunScsiIdInvalid,
                "A SCSI ID has 16 or 32 hexadecimal digits, not all zero. Leave it empty for a new unique one.", "scsiId");
        return normalised;
    }
}
