using System.Buffers.Binary;
using Futago.Scsi.Sense;
using Futago.Scsi.Transport;

namespace Futago.Scsi.Tests.Scripted;

/// <summary>How a command ended, as the initiator sees it.</summary>
internal sealed record Outcome(ScsiStatus Status, byte[] Data, byte[] Sense, long TransferLength)
{
    private bool IsDescriptor => Sense.Length > 0 && (Sense[0] & 0x7f) == 0x72;

    public SenseKey Key => Sense.Length == 0 ? SenseKey.NO_SENSE : (SenseKey)(Sense[IsDescriptor ? 1 : 2] & 0x0f);

    public AdditionalSense Code =>
        Sense.Length == 0 ? 0 : (AdditionalSense)BinaryPrimitives.ReadUInt16BigEndian(Sense.AsSpan(IsDescriptor ? 2 : 12));

    /// <summary>INFORMATION field of fixed format sense data when it is valid.</summary>
    public uint? Information => Sense.Length > 0 && Sense[0] == 0xf0 ? BinaryPrimitives.ReadUInt32BigEndian(Sense.AsSpan(3)) : null;

    public static Outcome Of(ScsiCommand command) => new(
        command.Status,
        command.DataIn is { } buffer ? buffer.Slice(command.DataInOffset, command.DataInLength).ToArray() : [],
        command.Sense.ToArray(),
        command.TransferLength);

    public Outcome AssertGood()
    {
        Assert.True(Status == ScsiStatus.GOOD, $"{Status} {Key} {Code}");
        return this;
    }

    public void AssertCheck(SenseKey key, AdditionalSense code)
    {
        Assert.Equal(ScsiStatus.CHECK_CONDITION, Status);
        Assert.Equal((key, code), (Key, Code));
        Assert.Empty(Data);
    }

    public void AssertInvalidFieldInCdb() => AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_CDB);

    public void AssertOutOfRange() => AssertCheck(SenseKey.ILLEGAL_REQUEST, AdditionalSense.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE);

    public void AssertUnitAttention(AdditionalSense code) => AssertCheck(SenseKey.UNIT_ATTENTION, code);
}
