namespace Futago.Iscsi.Connection;

/// <summary>The peer broke the protocol so that the connection cannot go on. The message says which rule, without payload.</summary>
internal sealed class IscsiProtocolException(string message) : Exception(message);
