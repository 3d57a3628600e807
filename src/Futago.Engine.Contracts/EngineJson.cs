using System.Text.Json;
using System.Text.Json.Serialization;

namespace Futago.Engine.Contracts;

/// <summary>The one JSON dialect of the product: camelCase names, camelCase enum strings, nulls left out.</summary>
public static class EngineJson
{
    public static JsonSerializerOptions Options { get; } = Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        return options;
    }
}
