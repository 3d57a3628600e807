using System.Text.Json;
using System.Text.Json.Serialization;

namespace Futago.Volumes.Metadata;

/// <summary>How metadata is written: camelCase, enums by name, nulls left out. Unknown members are ignored when reading.</summary>
internal static class VolumesJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };
}
