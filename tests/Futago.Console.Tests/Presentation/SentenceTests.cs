using Futago.Console.Components.Presentation;

namespace Futago.Console.Tests.Presentation;

public sealed class SentenceTests
{
    [Theory]
    [InlineData("10.0.0.1", "closed (from 10.0.0.1).")]
    [InlineData("", "closed.")]
    [InlineData(null, "closed.")]
    public void Brackets_ArgumentMissingOrEmpty_AreLeftOut(string? address, string expected)
    {
        Dictionary<string, string> args = address is null ? [] : new() { ["address"] = address };

        Assert.Equal(expected, Sentence.Fill("closed[ (from {address})].", args));
    }
}
