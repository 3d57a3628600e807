namespace Futago.Engine.Link;

/// <summary>No connection with the peer; the message says why, for a person.</summary>
internal sealed class LinkException(string message, Exception? inner = null) : Exception(message, inner);
