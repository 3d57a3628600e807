using System.Buffers.Binary;
using Futago.Scsi.Sense;
using Futago.Scsi.TaskSets;
using Futago.Scsi.Transport;

namespace Futago.Scsi.Copy;

/// <summary>RECEIVE COPY RESULTS in its service actions, SPC-4 sections 6.22 to 6.28, SBC-3 section 5.16.</summary>
internal static class ReceiveCopyCommands
{
    private const byte KibiBytes = 0x01;
    private const byte LogicalBlocks = 0xf1;
    private const int SenseFieldLength = 20;

    /// <summary>RECEIVE COPY OPERATING PARAMETERS, SPC-4 section 6.24.</summary>
    public static void OperatingParameters(ScsiTask task)
    {
        var data = new byte[46];
        BinaryPrimitives.WriteUInt32BigEndian(data, (uint)(data.Length - 4));
        // SNLID: copies without list identifier.
        data[4] = 0x01;
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(8), CopyLimits.CscdDescriptors);
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(10), CopyLimits.SegmentDescriptors);
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(12), CopyLimits.DescriptorListBytes);
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(16), CopyLimits.SegmentBytes);
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(34), CopyLimits.ConcurrentCopies);
        data[36] = CopyOperations.MaximumPerNexus;
        // DATA SEGMENT GRANULARITY as a power of two: one block.
        data[37] = (byte)System.Numerics.BitOperations.Log2((uint)task.BlockSize);
        data[43] = 2;
        data[44] = CopyLimits.SegmentType;
        data[45] = CopyLimits.CscdType;
        Reply(task, data);
    }

    /// <summary>RECEIVE COPY STATUS(LID1), SPC-4 section 6.26.</summary>
    public static void StatusLid1(ScsiTask task)
    {
        if (Find(task, task.Cdb[2]) is not { } operation)
            return;
        var data = new byte[12];
        BinaryPrimitives.WriteUInt32BigEndian(data, 8);
        // HDD: all of the outcome is here already. 00h under way, 01h completed, 02h failed.
        data[4] = (byte)(0x80 | (!operation.IsFinished ? 0x00 : operation.Problem is null ? 0x01 : 0x02));
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(5), (ushort)operation.Segments);
        data[7] = KibiBytes;
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(8), (uint)Math.Min(operation.CopiedBytes >> 10, uint.MaxValue));
        Reply(task, data);
    }

    /// <summary>RECEIVE COPY STATUS(LID4), SPC-4 section 6.27.</summary>
    public static void StatusLid4(ScsiTask task)
    {
        if (Find(task, BinaryPrimitives.ReadUInt32BigEndian(task.Cdb[2..])) is { } operation)
            Reply(task, Describe(operation, withToken: false));
    }

    /// <summary>RECEIVE ROD TOKEN INFORMATION, SPC-4 section 6.28: the same, and the token that POPULATE TOKEN made.</summary>
    public static void RodTokenInformation(ScsiTask task)
    {
        if (Find(task, BinaryPrimitives.ReadUInt32BigEndian(task.Cdb[2..])) is not { } operation)
            return;
        if (operation.ServiceAction is not (PopulateTokenCommand.ServiceAction or WriteUsingTokenCommand.ServiceAction))
            task.InvalidField(2);
        else
            Reply(task, Describe(operation, withToken: true));
    }

    private static CopyOperation? Find(ScsiTask task, uint listId)
    {
        var operation = task.Target.Copies.Find(task.Nexus, listId);
        // SPC-4 section 6.26: a list identifier that nothing is known of.
        if (operation is null)
            task.InvalidField(2);
        return operation;
    }

    private static byte[] Describe(CopyOperation operation, bool withToken)
    {
        var finished = operation.IsFinished;
        var problem = finished ? operation.Problem : null;
        var token = withToken && finished && problem is null ? operation.Token : null;
        var senseLength = problem is null ? 0 : SenseFieldLength;
        var data = new byte[32 + senseLength + (withToken ? 4 + (token is null ? 0 : 2 + RodToken.Length) : 0)];
        BinaryPrimitives.WriteUInt32BigEndian(data, (uint)(data.Length - 4));
        data[4] = (byte)operation.ServiceAction;
        // Completed, failed, under way in the background; the amount says what was left out.
        data[5] = (byte)(!finished ? 0x12 : problem is null ? 0x01 : 0x02);
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(8), finished ? uint.MaxValue - 1 : 1000);
        data[12] = (byte)(problem is null ? ScsiStatus.GOOD : ScsiStatus.CHECK_CONDITION);
        data[13] = (byte)senseLength;
        data[15] = LogicalBlocks;
        BinaryPrimitives.WriteInt64BigEndian(data.AsSpan(16), operation.CopiedBytes / operation.Unit.Options.BlockSize);
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(24), (ushort)operation.Segments);
        if (problem is not null)
        {
            data[14] = SenseData.FixedLength;
            SenseData.Write(data.AsSpan(32), descriptorFormat: false, problem.Key, problem.Code, new SenseData.Details(null, problem.ParameterByte, true));
        }
        if (token is null)
            return data;
        var at = 32 + senseLength;
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(at), 2 + RodToken.Length);
        token.Bytes.CopyTo(data, at + 6);
        return data;
    }

    private static void Reply(ScsiTask task, byte[] data) => task.Reply(data, BinaryPrimitives.ReadUInt32BigEndian(task.Cdb[10..]));
}
