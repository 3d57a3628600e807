using Futago.Scsi.Sense;

namespace Futago.Scsi.Copy;

/// <summary>Why a copy, or a part of it, is not done.</summary>
/// <param name="ParameterByte">Byte of the parameter list that is wrong, when one is.</param>
internal sealed record CopyProblem(SenseKey Key, AdditionalSense Code, int? ParameterByte = null)
{
    /// <summary>SPC-4 section 5.17.7.4: a segment that cannot be processed as it is, for no reason that has a code.</summary>
    public static CopyProblem Impossible { get; } = new(SenseKey.COPY_ABORTED, AdditionalSense.NO_ADDITIONAL_SENSE_INFORMATION);

    public static CopyProblem Unreachable { get; } = new(SenseKey.COPY_ABORTED, AdditionalSense.UNREACHABLE_COPY_TARGET);

    public static CopyProblem NotReachableNow { get; } = new(SenseKey.COPY_ABORTED, AdditionalSense.COPY_TARGET_DEVICE_NOT_REACHABLE);

    public static CopyProblem DeviceFailure { get; } = new(SenseKey.COPY_ABORTED, AdditionalSense.THIRD_PARTY_DEVICE_FAILURE);

    /// <summary>Out of memory for the copy; the initiator tries again.</summary>
    public static CopyProblem NoMemory { get; } = new(SenseKey.ABORTED_COMMAND, AdditionalSense.INSUFFICIENT_RESOURCES);

    /// <summary>The initiator took its command back, or a reset did.</summary>
    public static CopyProblem Cancelled { get; } = new(SenseKey.ABORTED_COMMAND, AdditionalSense.COMMANDS_CLEARED_BY_ANOTHER_INITIATOR);

    public static CopyProblem Parameter(int at, AdditionalSense code = AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST) =>
        new(SenseKey.ILLEGAL_REQUEST, code, at);

    public static CopyProblem Refused(AdditionalSense code) => new(SenseKey.ILLEGAL_REQUEST, code);
}
