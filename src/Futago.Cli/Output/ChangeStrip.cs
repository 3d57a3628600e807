using Futago.Cli.Commands;
using Futago.Engine.Contracts.Replication;

namespace Futago.Cli.Output;

/// <summary>Where a side changed its volume, as a line of text: a dot for a part without change, up to # for one that changed wholly.</summary>
internal static class ChangeStrip
{
    private const string Signs = ".-+*#";

    /// <summary>Of the parts that are told apart; so many fit into a line.</summary>
    private const int Together = 4;

    public static void Write(TextWriter output, string name, ChangeMap map)
    {
        var changed = map.ChangedBytes.Count(b => b > 0);
        output.WriteLine($"{name}: {Format.Size(map.ChangedBytes.Sum())} in {Values.Text(changed)} of {Values.Text(map.ChangedBytes.Count)} parts");
        output.WriteLine($"    {Line(map)}");
    }

    internal static string Line(ChangeMap map) => string.Concat(map.ChangedBytes.Chunk(Together).Select(parts =>
    {
        var share = parts.Sum() / Math.Max(1.0, (double)map.SizeBytes * parts.Length / map.ChangedBytes.Count);
        // A single block is seen too.
        return parts.Sum() == 0 ? Signs[0] : Signs[Math.Clamp((int)Math.Ceiling(share * (Signs.Length - 1)), 1, Signs.Length - 1)];
    }));
}
