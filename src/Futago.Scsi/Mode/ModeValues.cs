namespace Futago.Scsi.Mode;

/// <summary>What MODE SELECT can change of a logical unit; with their defaults.</summary>
/// <param name="DescriptorSense">D_SENSE of the control mode page: sense data in descriptor format.</param>
/// <param name="SoftwareWriteProtect">SWP of the control mode page.</param>
/// <param name="ThresholdEnabled">The soft threshold of the logical block provisioning mode page is watched.</param>
/// <param name="ThresholdSets">
/// Available space, in threshold sets of 1 MiB, at which initiators are told; null for a tenth of the unit's capacity.
/// </param>
public sealed record ModeValues(bool DescriptorSense = false, bool SoftwareWriteProtect = false, bool ThresholdEnabled = true, uint? ThresholdSets = null);
