using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Futago.Persistence.Configurations;

/// <summary>Events are never changed once written, so that the reference says it all.</summary>
internal sealed class ArgsComparer() : ValueComparer<Dictionary<string, string>>(
    (a, b) => ReferenceEquals(a, b), args => args.Count, args => args);
