using Futago.Scsi.Mode;
using Futago.Volumes.Metadata;

namespace Futago.Engine.Mode;

/// <summary><c>mode.json</c> beside a volume: the mode parameters that an initiator has saved, docs/on-disk/mode.md.</summary>
/// <param name="ScsiId">Of the LUN that they belong to.</param>
internal sealed record ModeDocument(
    int FormatVersion, string ScsiId, bool DescriptorSense, bool SoftwareWriteProtect, bool ThresholdEnabled, uint? ThresholdSets) : ISealedDocument
{
    public const int CurrentVersion = 1;

    public const string FileName = "mode.json";

    public static ModeDocument From(string scsiId, ModeValues values) =>
        new(CurrentVersion, scsiId, values.DescriptorSense, values.SoftwareWriteProtect, values.ThresholdEnabled, values.ThresholdSets);

    public ModeValues ToValues() => new(DescriptorSense, SoftwareWriteProtect, ThresholdEnabled, ThresholdSets);
}
