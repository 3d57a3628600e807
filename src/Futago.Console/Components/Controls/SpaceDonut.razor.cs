using System.Globalization;
using Futago.Console.Components.Presentation;
using Futago.Console.Resources;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Volumes;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Controls;

/// <summary>Where the space of a volume group went, as a ring with a legend.</summary>
public sealed partial class SpaceDonut
{
    [Parameter, EditorRequired]
    public required GroupInfo Group { get; set; }

    /// <summary>Pixels.</summary>
    [Parameter]
    public int Size { get; set; } = 132;

    [Parameter]
    public bool Legend { get; set; } = true;

    private IEnumerable<SpacePart> Parts => SpacePart.Of(Group.Space);

    private long UsedPercent => Group.SizeBytes <= 0 ? 0 : (long)Math.Round(100.0 * (Group.SizeBytes - Group.Space.Free) / Group.SizeBytes);

    private string Summary => Sentence.Of(GroupsText.SpaceSummary, Group.Name, UsedPercent, ByteSize.Format(Group.Space.Free), ByteSize.Format(Group.SizeBytes));

    // The circle's circumference is 100 (r = 15.915), so that percentages are lengths; -25 starts at twelve o'clock.
    private IEnumerable<(string Kind, string Name, long Bytes, string Dash, string Offset)> Arcs
    {
        get
        {
            if (Group.SizeBytes <= 0)
                yield break;
            var start = 0.0;
            foreach (var part in Parts.Where(p => p.Kind != "free" && p.Bytes > 0))
            {
                var length = 100.0 * part.Bytes / Group.SizeBytes;
                yield return (part.Kind, part.Name, part.Bytes, $"{Text(length)} {Text(100 - length)}", Text(125 - start));
                start += length;
            }
        }
    }

    private static string Text(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
