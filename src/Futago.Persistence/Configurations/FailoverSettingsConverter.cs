using System.Text.Json;
using Futago.Engine.Contracts;
using Futago.Management.Failover;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Futago.Persistence.Configurations;

/// <summary>The settings as one JSON document: they are read and replaced as a whole, and nobody asks the database about parts.</summary>
internal sealed class FailoverSettingsConverter() : ValueConverter<FailoverSettings, string>(
    settings => JsonSerializer.Serialize(settings, EngineJson.Options),
    text => JsonSerializer.Deserialize<FailoverSettings>(text, EngineJson.Options)!);

/// <summary>Settings are never changed, only replaced, so that the reference says it all.</summary>
internal sealed class FailoverSettingsComparer() : ValueComparer<FailoverSettings>(
    (a, b) => ReferenceEquals(a, b), settings => settings.Replications.Count, settings => settings);
