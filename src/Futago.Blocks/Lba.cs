namespace Futago.Blocks;

/// <summary>A logical block address of a LUN, in logical blocks (not bytes).</summary>
public readonly record struct Lba(ulong Value)
{
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
