using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Futago.Replication.Tests.StateCheck;

/// <summary>
/// A hash of everything that an object reaches, so that two ways to the same state are seen to be one. Ids, sessions and
/// generations (numbers from <see cref="FirstName"/> on) are names: only which of them are equal counts.
/// </summary>
internal sealed class Fingerprint
{
    public const long FirstName = 1_000_000;

    private static readonly ConcurrentDictionary<Type, FieldInfo[]> Fields = new();

    /// <summary>Counters that only give the next name, and output that was already taken.</summary>
    private static readonly HashSet<string> Skipped = ["_lastId", "_effects", "_options", "_rules", "_nowMs", "_lastReceivedMs", "_lastSentMs", "_lastUse", "_clock", "LastUse", "_budgetBytes"];

    private readonly Dictionary<long, long> _names = [];
    private readonly Dictionary<object, int> _visited = new(ReferenceEqualityComparer.Instance);
    private ulong _first = 14695981039346656037;
    private ulong _second = 0x9E3779B97F4A7C15;

    public (ulong, ulong) Value => (_first, _second);

    public void Add(object? value)
    {
        switch (value)
        {
            case null: Mix(1); break;
            case long or ulong or int or uint or byte or bool or Enum or ushort: Number(Convert.ToInt64(value is ulong u ? (long)u : value, System.Globalization.CultureInfo.InvariantCulture)); break;
            case string s: Mix(s.Length); foreach (var c in s) Mix(c); break;
            case Guid g: Mix(g.GetHashCode()); break;
            case Delegate d:
                foreach (var one in d.GetInvocationList())
                {
                    Add(one.Method.Name);
                    Add(one.Target);
                }
                break;
            case IDictionary or ISet<int>: AddOrdered((IEnumerable)value); break;
            case IEnumerable list: AddList(list); break;
            default: AddObject(value); break;
        }
    }

    private void AddList(IEnumerable list)
    {
        Mix(7);
        // A default array of bytes: an answer without digests.
        if (list is System.Collections.Immutable.ImmutableArray<byte> { IsDefault: true })
            return;
        foreach (var item in list)
            Add(item);
        Mix(8);
    }

    /// <summary>In the order of its enumeration: canonical enough, because what is equal is filled in the same order nearly always.</summary>
    private void AddOrdered(IEnumerable entries)
    {
        Mix(9);
        foreach (var entry in entries)
        {
            if (entry is DictionaryEntry e)
            {
                Add(e.Key);
                Add(e.Value);
            }
            else
            {
                Add(entry);
            }
        }
        Mix(10);
    }

    private void AddObject(object value)
    {
        var type = value.GetType();
        if (!type.IsValueType)
        {
            if (_visited.TryGetValue(value, out var seen))
            {
                Mix(1000 + seen);
                return;
            }
            _visited.Add(value, _visited.Count);
        }
        Mix(RuntimeHelpers.GetHashCode(type));
        foreach (var field in Fields.GetOrAdd(type, FieldsOf))
            Add(field.GetValue(value));
    }

    private static FieldInfo[] FieldsOf(Type type)
    {
        var fields = new List<FieldInfo>();
        for (var t = type; t is not null && t != typeof(object); t = t.BaseType)
        {
            fields.AddRange(t.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
                .Where(f => !Skipped.Contains(f.Name) && !f.Name.Contains("LastUse", StringComparison.Ordinal) && !f.Name.Contains("ActivityMisses", StringComparison.Ordinal)
                    && !f.Name.Contains("ResyncedBlocks", StringComparison.Ordinal)));
        }
        return [.. fields];
    }

    private void Number(long value)
    {
        if (value >= FirstName)
        {
            if (!_names.TryGetValue(value, out var name))
                _names.Add(value, name = FirstName + _names.Count);
            value = name;
        }
        Mix(value);
    }

    private void Mix(long value)
    {
        _first = (_first ^ (ulong)value) * 1099511628211;
        _second = System.Numerics.BitOperations.RotateLeft(_second + (ulong)value * 0xBF58476D1CE4E5B9, 27) * 0x94D049BB133111EB;
    }
}
