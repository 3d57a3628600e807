using System.Text.Json;
using System.Text.Json.Serialization;

namespace Futago.DataReplication;

/// <summary>JSON of the agent protocol and of stored runs: camelCase, enums as camelCase strings, nulls left out.</summary>
internal static class ReplicationJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };
}
