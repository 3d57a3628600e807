using Futago.Volumes.Metadata;

namespace Futago.Failover;

internal sealed record WitnessPairDocument(int FormatVersion, Guid Pair, string PublicKey, ulong Term, Guid? Holder, bool Alone, int LeaseMs) : ISealedDocument
{
    public const int Version = 1;

    public static WitnessPairDocument Of(Guid id, WitnessPair pair) => new(
        Version, id, Convert.ToHexStringLower(pair.PublicKey), pair.Record.Term,
        pair.Record.Holder == Guid.Empty ? null : pair.Record.Holder, pair.Record.Alone, pair.Record.LeaseMs);

    /// <returns>Null: it holds values that no witness writes.</returns>
    public WitnessPair? ToPair()
    {
        if (PublicKey.Length != 2 * WitnessMessages.PublicKeyBytes || !PublicKey.All(char.IsAsciiHexDigitLower) || LeaseMs is < 1 or > WitnessRequest.LeaseMaximumMs || Term > long.MaxValue)
            return null;
        return new WitnessPair(Convert.FromHexString(PublicKey), new WitnessRecord(Term, Holder ?? Guid.Empty, Alone, LeaseMs));
    }
}
