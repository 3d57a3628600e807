using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;

namespace Futago.Replication.Tests.StateCheck;

internal enum Shape : byte { Fields, Number, Guid, Generation, Array, ImmutableArray, Sequence, Map, Delegate }

/// <summary>What is special about a field.</summary>
internal enum FieldRole : byte
{
    None,
    /// <summary>Nothing that comes later depends on it.</summary>
    LeftOut,
    /// <summary>Only ever compared with the present session.</summary>
    Session,
    /// <summary>Only ever compared with other terms.</summary>
    Term,
    /// <summary>Generations that somebody's bits are relative to.</summary>
    Bases,
    /// <summary>Generations that matter only as far as they are somebody's data.</summary>
    History,
}

/// <summary>How objects of one type are written.</summary>
internal sealed class Plan
{
    public required Type Type { get; init; }
    public required int Index { get; init; }
    public required Shape Shape { get; init; }
    public FieldInfo[] Fields { get; init; } = [];
    public FieldRole[] Roles { get; init; } = [];
    public MethodInfo? Add { get; init; }
    public bool Sorted { get; init; }

    /// <summary>Of an immutable array: the one that all empty ones are.</summary>
    public object? Empty { get; init; }
}

/// <summary>
/// The types and methods that were met, with their numbers; the same ones for all threads.
/// </summary>
internal sealed class GraphShapes(Func<FieldInfo, FieldRole> roleOf)
{
    private const int Most = 1024;

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<Type, Plan> _plans = [];
    private readonly Plan[] _byIndex = new Plan[Most];
    private readonly ConcurrentDictionary<MethodInfo, int> _methods = [];
    private readonly MethodInfo[] _methodsByIndex = new MethodInfo[Most];

    private readonly ConcurrentDictionary<int, GraphCodec> _codecs = [];

    /// <summary>This thread's.</summary>
    public GraphCodec Codec => _codecs.GetOrAdd(Environment.CurrentManagedThreadId, _ => new GraphCodec(this));

    public Plan this[int index] => _byIndex[index];

    public MethodInfo Method(int index) => _methodsByIndex[index];

    public int IndexOf(MethodInfo method)
    {
        if (_methods.TryGetValue(method, out var index))
            return index;
        lock (_gate)
        {
            return _methods.GetOrAdd(method, m =>
            {
                _methodsByIndex[_methods.Count] = m;
                return _methods.Count;
            });
        }
    }

    public Plan Of(Type type)
    {
        if (_plans.TryGetValue(type, out var plan))
            return plan;
        lock (_gate)
            return _plans.GetOrAdd(type, t => _byIndex[_plans.Count] = Make(t, _plans.Count));
    }

    private Plan Make(Type type, int index)
    {
        var generic = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        var shape = type.IsPrimitive || type.IsEnum ? Shape.Number
            : type == typeof(Guid) ? Shape.Guid
            : type == typeof(Generation) ? Shape.Generation
            : generic == typeof(ImmutableArray<>) ? Shape.ImmutableArray
            : type.IsArray ? Shape.Array
            : generic == typeof(Dictionary<,>) ? Shape.Map
            : generic == typeof(List<>) || generic == typeof(Queue<>) || generic == typeof(HashSet<>) || generic == typeof(SortedSet<>) ? Shape.Sequence
            : typeof(Delegate).IsAssignableFrom(type) ? Shape.Delegate
            : Shape.Fields;
        if (shape == Shape.Fields && type.Namespace?.StartsWith("System.Collections.Generic", StringComparison.Ordinal) == true && !type.IsValueType)
            throw new NotSupportedException($"{type} in a state");
        var fields = shape is Shape.Fields or Shape.ImmutableArray ? FieldsOf(type) : [];
        return new Plan
        {
            Type = type,
            Index = index,
            Shape = shape,
            Fields = fields,
            Roles = [.. fields.Select(roleOf)],
            Add = shape == Shape.Sequence ? type.GetMethod(generic == typeof(Queue<>) ? "Enqueue" : "Add") : null,
            Sorted = generic == typeof(HashSet<>) || generic == typeof(SortedSet<>),
            Empty = shape == Shape.ImmutableArray ? type.GetField(nameof(ImmutableArray<int>.Empty))!.GetValue(null) : null,
        };
    }

    private FieldInfo[] FieldsOf(Type type)
    {
        var fields = new List<FieldInfo>();
        for (var t = type; t is not null && t != typeof(object); t = t.BaseType)
            fields.AddRange(t.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly).Where(f => roleOf(f) != FieldRole.LeftOut));
        return [.. fields];
    }
}
