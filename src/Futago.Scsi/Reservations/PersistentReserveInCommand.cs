using System.Buffers.Binary;
using Futago.Scsi.TaskSets;

namespace Futago.Scsi.Reservations;

/// <summary>PERSISTENT RESERVE IN, SPC-4 section 6.15.</summary>
internal static class PersistentReserveInCommand
{
    public static void ReadKeys(ScsiTask task)
    {
        var state = task.Unit.Reservations.Persistent;
        var data = Begin(state, state.Registrations.Length * 8);
        for (var i = 0; i < state.Registrations.Length; i++)
            BinaryPrimitives.WriteUInt64BigEndian(data.AsSpan(8 + i * 8), state.Registrations[i].Key);
        Reply(task, data);
    }

    public static void ReadReservation(ScsiTask task)
    {
        var state = task.Unit.Reservations.Persistent;
        var data = Begin(state, state.IsReserved ? 16 : 0);
        if (state.IsReserved)
        {
            // SPC-4 section 6.15.3.2: the key is 0 when all registrants hold the reservation.
            BinaryPrimitives.WriteUInt64BigEndian(data.AsSpan(8), state.HolderPort is { } holder ? state.Find(holder)?.Key ?? 0 : 0);
            data[8 + 13] = (byte)state.Type;
        }
        Reply(task, data);
    }

    public static void ReportCapabilities(ScsiTask task)
    {
        var table = task.Unit.Reservations;
        // SIP_C, ATP_C (a unit has one target port), PTPL_C; TMV with ALLOW COMMANDS 001b (TEST UNIT READY is allowed), PTPL_A; all six types.
        byte[] data =
        [
            0, 8, (byte)(0x08 | 0x04 | (table.CanPersist ? 0x01 : 0)), (byte)(0x80 | 0x10 | (table.Persistent.Persists ? 0x01 : 0)), 0xea, 0x01, 0, 0,
        ];
        Reply(task, data);
    }

    public static void ReadFullStatus(ScsiTask task)
    {
        var state = task.Unit.Reservations.Persistent;
        var descriptors = new List<byte>();
        foreach (var registration in state.Registrations)
        {
            var id = TransportId.Write(registration.InitiatorPort);
            var descriptor = new byte[24 + id.Length];
            BinaryPrimitives.WriteUInt64BigEndian(descriptor, registration.Key);
            if (state.IsHolder(registration.InitiatorPort))
            {
                descriptor[12] = 0x01;
                descriptor[13] = (byte)state.Type;
            }
            BinaryPrimitives.WriteUInt16BigEndian(descriptor.AsSpan(18), task.Target.Options.PortalGroupTag);
            BinaryPrimitives.WriteInt32BigEndian(descriptor.AsSpan(20), id.Length);
            id.CopyTo(descriptor, 24);
            descriptors.AddRange(descriptor);
        }
        var data = Begin(state, descriptors.Count);
        descriptors.CopyTo(data, 8);
        Reply(task, data);
    }

    private static byte[] Begin(PersistentReservationState state, int length)
    {
        var data = new byte[8 + length];
        BinaryPrimitives.WriteUInt32BigEndian(data, state.Generation);
        BinaryPrimitives.WriteInt32BigEndian(data.AsSpan(4), length);
        return data;
    }

    private static void Reply(ScsiTask task, byte[] data) => task.Reply(data, BinaryPrimitives.ReadUInt16BigEndian(task.Cdb[7..]));
}
