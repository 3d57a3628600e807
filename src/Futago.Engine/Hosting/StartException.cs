namespace Futago.Engine.Hosting;

/// <summary>The engine cannot start; the message is for the person who started it.</summary>
internal sealed class StartException(string message, Exception? inner = null) : Exception(message, inner);
