namespace Futago.Replication;

/// <summary>
/// Names one line of development of the data. Two volumes with the same generation differ at most where bits are set, or where
/// the activity log of one says that writes were under way (I5).
/// </summary>
internal readonly record struct Generation(ulong Value)
{
    /// <summary>The volume has no data yet: it was just created, or its metadata was cleared.</summary>
    public static Generation None => default;

    public bool IsNone => Value == 0;

    public override string ToString() => Value.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
}
