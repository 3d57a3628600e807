using System.Collections;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Futago.Replication.Tests.StateCheck;

/// <summary>
/// Objects to bytes and back, whatever they are made of: the core with its dictionaries, its requests and the continuations
/// (delegates) that wait in it. Equal states give equal bytes, so that a state is compared as a whole and never by a hash.
/// Dictionaries and sets are written in the order of their keys; arrays and what never changes by their content, whoever shares them.
/// For one thread; <paramref name="shapes"/> are shared.
/// </summary>
internal sealed class GraphCodec(GraphShapes shapes)
{
    private const int Null = 0, Reference = 1, FirstType = 2;

    private readonly Dictionary<object, int> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly List<object> _made = [];
    private byte[] _buffer = new byte[1 << 12];
    private int _at;
    private long _session;
    private Naming _naming;
    private Names _names;

    /// <param name="session">This session is written as 1, every other as 0: sessions are only ever compared with the present one.</param>
    /// <param name="naming">The names under which generations and terms are written.</param>
    /// <param name="names">Those that were written.</param>
    public byte[] Encode(object root, long session, in Naming naming, out Names names)
    {
        _seen.Clear();
        (_at, _session, _naming, _names) = (0, session, naming, default);
        Write(root);
        names = _names;
        return _buffer.AsSpan(0, _at).ToArray();
    }

    public object Decode(byte[] bytes)
    {
        _made.Clear();
        _at = 0;
        return Read(bytes)!;
    }

    private void Number(ulong value)
    {
        if (_at + 12 > _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        for (; value >= 0x80; value >>= 7)
            _buffer[_at++] = (byte)(value | 0x80);
        _buffer[_at++] = (byte)value;
    }

    private ulong Number(byte[] bytes)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var b = bytes[_at++];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
                return value;
        }
    }

    private void Write(object? value)
    {
        if (value is null)
        {
            Number(Null);
            return;
        }
        var plan = shapes.Of(value.GetType());
        if (HasIdentity(plan))
        {
            if (_seen.TryGetValue(value, out var index))
            {
                Number(Reference);
                Number((ulong)index);
                return;
            }
            _seen.Add(value, _seen.Count);
        }
        Number((ulong)(FirstType + plan.Index));
        switch (plan.Shape)
        {
            case Shape.Number: Number(Bits(value)); break;
            case Shape.Guid:
                foreach (var b in ((Guid)value).ToByteArray())
                    Number(b);
                break;
            case Shape.Generation: Number(Named((Generation)value, FieldRole.None)); break;
            case Shape.Array: WriteArray((Array)value); break;
            case Shape.ImmutableArray: WriteImmutable((Array?)plan.Fields[0].GetValue(value)); break;
            case Shape.Sequence: WriteAll((IEnumerable)value, plan.Sorted); break;
            case Shape.Map: WriteMap((IDictionary)value); break;
            case Shape.Delegate:
                var d = (Delegate)value;
                Number((ulong)shapes.IndexOf(d.Method));
                Write(d.Target);
                break;
            default:
                for (var i = 0; i < plan.Fields.Length; i++)
                {
                    var field = plan.Fields[i].GetValue(value);
                    switch (plan.Roles[i])
                    {
                        case FieldRole.Session: Write((long)field! == _session ? 1L : 0L); break;
                        case FieldRole.Term: Write(Named((ulong)field!)); break;
                        case FieldRole.Bases or FieldRole.History: WriteGenerations((ImmutableArray<Generation>)field!, plan.Roles[i]); break;
                        default: Write(field); break;
                    }
                }
                break;
        }
    }

    /// <summary>Whether it matters that two places hold the same one. Arrays have one owner each, and what never changes is not compared so.</summary>
    private static bool HasIdentity(Plan plan) =>
        !plan.Type.IsValueType && plan.Shape is not (Shape.Delegate or Shape.Array) && plan.Type != typeof(VolumeLineage) && plan.Type != typeof(Hello);

    private ulong Named(Generation generation, FieldRole role)
    {
        var name = _naming.Of(generation);
        if (name != 0)
            _names.Add(name, role);
        return (ulong)name;
    }

    private ulong Named(ulong term)
    {
        var name = _naming.OfTerm(term);
        _names.Terms |= 1u << name;
        return (ulong)name;
    }

    private void WriteImmutable(Array? array)
    {
        Number((ulong)(array is null ? 0 : array.Length + 1));
        foreach (var item in array ?? Array.Empty<object>())
            Write(item);
    }

    /// <summary>As an immutable array would be, of a history only what it has to keep.</summary>
    private void WriteGenerations(ImmutableArray<Generation> generations, FieldRole role)
    {
        Number((ulong)(FirstType + shapes.Of(typeof(ImmutableArray<Generation>)).Index));
        var at = _at;
        Number(1);
        foreach (var generation in generations)
        {
            if (role == FieldRole.History && !_naming.IsKept(generation))
                continue;
            _buffer[at]++;
            Number((ulong)(FirstType + shapes.Of(typeof(Generation)).Index));
            Number(Named(generation, role));
        }
    }

    private void WriteArray(Array array)
    {
        var used = array.Length;
        // Pages of bits are nearly empty here.
        while (array is ulong[] words && used > 0 && words[used - 1] == 0)
            used--;
        Number((ulong)array.Length);
        Number((ulong)used);
        for (var i = 0; i < used; i++)
            Write(array.GetValue(i));
    }

    private void WriteAll(IEnumerable items, bool sorted)
    {
        var list = items.Cast<object?>().ToList();
        if (sorted && list.Count > 1 && list[0] is IComparable)
            list.Sort();
        Number((ulong)list.Count);
        foreach (var item in list)
            Write(item);
    }

    private void WriteMap(IDictionary map)
    {
        var keys = new ArrayList(map.Keys);
        keys.Sort();
        Number((ulong)keys.Count);
        foreach (var key in keys)
        {
            Write(key);
            Write(map[key]);
        }
    }

    private object? Read(byte[] bytes)
    {
        var tag = (int)Number(bytes);
        if (tag == Null)
            return null;
        if (tag == Reference)
            return _made[(int)Number(bytes)];
        var plan = shapes[tag - FirstType];
        switch (plan.Shape)
        {
            case Shape.Number: return FromBits(plan.Type, Number(bytes));
            case Shape.Guid:
                var guid = new byte[16];
                for (var i = 0; i < 16; i++)
                    guid[i] = (byte)Number(bytes);
                return new Guid(guid);
            case Shape.Generation: return new Generation(Number(bytes));
            case Shape.ImmutableArray: return ReadImmutable(plan, bytes);
            case Shape.Array:
                var array = Array.CreateInstance(plan.Type.GetElementType()!, (int)Number(bytes));
                var used = (int)Number(bytes);
                for (var i = 0; i < used; i++)
                    array.SetValue(Read(bytes), i);
                return array;
            case Shape.Sequence:
                var sequence = Activator.CreateInstance(plan.Type)!;
                _made.Add(sequence);
                for (var n = (int)Number(bytes); n > 0; n--)
                    plan.Add!.Invoke(sequence, [Read(bytes)]);
                return sequence;
            case Shape.Map:
                var map = (IDictionary)Activator.CreateInstance(plan.Type)!;
                _made.Add(map);
                for (var n = (int)Number(bytes); n > 0; n--)
                {
                    var key = Read(bytes)!;
                    map.Add(key, Read(bytes));
                }
                return map;
            case Shape.Delegate:
                var method = shapes.Method((int)Number(bytes));
                return Delegate.CreateDelegate(plan.Type, Read(bytes), method);
            default:
                var made = RuntimeHelpers.GetUninitializedObject(plan.Type);
                if (HasIdentity(plan))
                    _made.Add(made);
                foreach (var field in plan.Fields)
                    field.SetValue(made, Read(bytes));
                return made;
        }
    }

    private object ReadImmutable(Plan plan, byte[] bytes)
    {
        var length = (int)Number(bytes) - 1;
        if (length == 0)
            return plan.Empty!;
        var made = RuntimeHelpers.GetUninitializedObject(plan.Type);
        if (length < 0)
            return made;
        var items = Array.CreateInstance(plan.Type.GetGenericArguments()[0], length);
        for (var i = 0; i < length; i++)
            items.SetValue(Read(bytes), i);
        plan.Fields[0].SetValue(made, items);
        return made;
    }

    private static ulong Bits(object value) => value switch
    {
        bool b => b ? 1UL : 0,
        ulong u => u,
        _ => (ulong)Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture),
    };

    private static object FromBits(Type type, ulong bits) => type switch
    {
        _ when type.IsEnum => Enum.ToObject(type, bits),
        _ when type == typeof(bool) => bits != 0,
        _ when type == typeof(ulong) => bits,
        _ => Convert.ChangeType((long)bits, type, System.Globalization.CultureInfo.InvariantCulture),
    };
}
