namespace Futago.Replication;

/// <summary>The metadata cannot be used, and nothing is guessed: a person clears it, and everything is copied anew.</summary>
public sealed class MetadataException(string message) : Exception(message);
