using Futago.Engine.Contracts;

namespace Futago.Console.Components.Presentation;

/// <summary>Speeds as every page writes them, and as the fields for limits read them: <c>12.5 MiB/s</c>, the same in every language.</summary>
public static class RateText
{
    /// <param name="bytesPerSecond">At least 0; below a byte it is written as 0.</param>
    public static string Format(double bytesPerSecond) => $"{ByteSize.Format((long)bytesPerSecond)}/s";
}
