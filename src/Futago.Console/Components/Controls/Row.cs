namespace Futago.Console.Components.Controls;

/// <summary>
/// An item of a <see cref="Grid{TItem}"/>, equal to whatever had its key before. Radzen recognises a row by its item, and live
/// items are records that every update replaces: a row would be another one each time, and a click whose press and release lie
/// on both sides of an update would be lost.
/// </summary>
public sealed class Row<TItem>(object key, TItem value) : IEquatable<Row<TItem>>
{
    private readonly object _key = key;

    public TItem Value { get; } = value;

    public bool Equals(Row<TItem>? other) => other is not null && _key.Equals(other._key);

    public override bool Equals(object? obj) => Equals(obj as Row<TItem>);

    public override int GetHashCode() => _key.GetHashCode();
}
