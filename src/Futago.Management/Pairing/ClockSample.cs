namespace Futago.Management.Pairing;

/// <summary>
/// One measurement of the peer's clock against this node's: its answer was written somewhere between asking and hearing, in the
/// middle as far as one can know.
/// </summary>
/// <param name="Difference">How far the peer's clock is ahead.</param>
/// <param name="Uncertainty">Half the round trip: the difference may be off by that much in either direction.</param>
public readonly record struct ClockSample(TimeSpan Difference, TimeSpan Uncertainty)
{
    /// <param name="asked">This node's clock when it asked.</param>
    /// <param name="answered">The peer's clock in its answer.</param>
    public static ClockSample Of(DateTimeOffset asked, TimeSpan roundTrip, DateTimeOffset answered) =>
        new(answered - (asked + (roundTrip / 2)), roundTrip / 2);
}
