using System.Globalization;
using Futago.Engine.Contracts;

namespace Futago.Management.Pairing;

/// <summary>Every way in which pairing is refused, in one place because both nodes say some of them.</summary>
internal static class PairProblems
{
    public static ProblemException CodeInvalid() => ProblemException.Invalid(ProblemCodes.PairCodeInvalid,
        "That is not a pairing code: it has 16 letters and digits in four groups, such as 7K3M-…", "code");

    public static ProblemException NoCode() => ProblemException.Conflict(ProblemCodes.PairNoCode,
        "The other node has no pairing code now. Make one there and use it within ten minutes.", "code");

    public static ProblemException CodeExpired() => ProblemException.Conflict(ProblemCodes.PairCodeExpired,
        "The pairing code is older than ten minutes. Make a new one on the other node.", "code");

    public static ProblemException CodeUsed() => ProblemException.Conflict(ProblemCodes.PairCodeUsed,
        "The pairing code was used already. Make a new one on the other node.", "code");

    public static ProblemException CodeVoid() => ProblemException.Conflict(ProblemCodes.PairCodeVoid,
        "The pairing code is void after five wrong tries. Make a new one on the other node.", "code");

    public static ProblemException CodeWrong(int triesLeft) => ProblemException.Conflict(ProblemCodes.PairCodeWrong,
        $"The pairing code is wrong, or somebody stands between the nodes. {(triesLeft == 0 ? "It is void now" : $"Tries left: {triesLeft}")}.", "code",
        ("triesLeft", triesLeft.ToString(CultureInfo.InvariantCulture)));

    public static ProblemException OffererUnproved() => ProblemException.Conflict(ProblemCodes.PairCodeWrong,
        "Who answers could not prove that it knows the pairing code: somebody may stand between the nodes. Nothing was changed on this node.", "code");

    public static ProblemException AddressInvalid(string? text) => ProblemException.Invalid(ProblemCodes.PairAddressInvalid,
        $"“{text}” is not the address of a node: write an IP address, with a port unless it is 8443.", "address", ("address", text ?? ""));

    public static ProblemException OwnAddress() => ProblemException.Conflict(ProblemCodes.PairOwnAddress,
        "That is this node itself. Give the address of the other node.", "address");

    public static ProblemException AlreadyPaired(string node, string peer) => ProblemException.Conflict(ProblemCodes.PairAlreadyPaired,
        $"{node} is paired with {peer} already. Delete that pair first.", null, ("node", node), ("peer", peer));

    public static ProblemException OtherVersion(string theirs, string own) => ProblemException.Conflict(ProblemCodes.PairOtherVersion,
        $"The nodes have versions that do not pair with each other ({theirs} and {own}). Update the older one.", null, ("theirs", theirs), ("own", own));

    public static ProblemException NotANode() => ProblemException.Conflict(ProblemCodes.PairNotANode,
        "What answers at that address is not a Futago node, or one of another version.", "address");

    public static ProblemException CertificateMismatch() => ProblemException.Conflict(ProblemCodes.PairCertificateMismatch,
        "The other side shows another certificate than its own: somebody may stand between the nodes. Nothing was changed.", "address");

    public static ProblemException ClockOff(TimeSpan difference) => ProblemException.Conflict(ProblemCodes.PairClockOff,
        $"The clocks of the two nodes differ by {Seconds(difference)} s. Set both by the same time source first.", null, ("seconds", Seconds(difference)));

    public static ProblemException NotPaired() => ProblemException.Conflict(ProblemCodes.PairNotPaired, "This node is not paired.");

    public static ProblemException InUse(string node, IEnumerable<string> tasks) => ProblemException.Conflict(ProblemCodes.PairInUse,
        $"The pair is needed by volume replication tasks on {node}: {string.Join(", ", tasks)}. Delete them first.", null, ("node", node), ("tasks", string.Join(", ", tasks)));

    public static ProblemException NeededByFailover(string node) => ProblemException.Conflict(ProblemCodes.PairNeededByFailover,
        $"The pair is needed by the failover on {node}. Delete that first.", null, ("node", node));

    public static ProblemException ExchangeUnknown() => ProblemException.Conflict(ProblemCodes.PairCodeExpired,
        "The exchange took too long. Try again.", "code");

    private static string Seconds(TimeSpan difference) => difference.Duration().TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
}
