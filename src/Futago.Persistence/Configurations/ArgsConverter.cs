using System.Text.Json;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Futago.Persistence.Configurations;

/// <summary>The values in an event's sentence, as a JSON object.</summary>
internal sealed class ArgsConverter() : ValueConverter<Dictionary<string, string>, string>(
    args => JsonSerializer.Serialize(args, JsonSerializerOptions.Default),
    text => JsonSerializer.Deserialize<Dictionary<string, string>>(text, JsonSerializerOptions.Default)!);

