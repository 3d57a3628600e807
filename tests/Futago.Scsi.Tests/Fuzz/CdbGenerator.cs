using System.Buffers.Binary;
using Futago.Scsi.Commands;
using Futago.Testing.Fuzz;

namespace Futago.Scsi.Tests.Fuzz;

/// <summary>
/// CDBs by the table of operation codes: mostly known commands whose fields are plausible, then damaged; some from the corpus; some
/// that are nothing but noise.
/// </summary>
internal sealed class CdbGenerator(Random random, ParameterLists lists, IReadOnlyList<FuzzInput> corpus, int blocks)
{
    public FuzzInput Next()
    {
        var input = random.Next(20) switch
        {
            0 => new FuzzInput(Mutation.Random(16, random), random.Next(2) == 0 ? null : Mutation.Random(random.Next(600), random), random.Next(2048)),
            1 or 2 when corpus.Count > 0 => Copy(corpus[random.Next(corpus.Count)]),
            _ => Known(CommandTable.All[random.Next(CommandTable.All.Count)]),
        };
        if (random.Next(3) == 0)
            Mutation.Apply(input.Cdb, random);
        if (input.DataOut is { } data && random.Next(3) == 0)
        {
            Mutation.Apply(data, random);
            input = input with { DataOut = Mutation.Resize(data, random) };
        }
        return input;
    }

    private FuzzInput Known(CommandDefinition definition)
    {
        var cdb = new byte[16];
        random.NextBytes(cdb);
        for (var i = 0; i < definition.UsageMap.Length; i++)
            cdb[i] &= definition.UsageMap[i];
        cdb[0] = definition.OperationCode;
        if (definition.ServiceAction is { } action)
            cdb[1] = (byte)((cdb[1] & 0xe0 & definition.UsageMap[1]) | action);
        // NACA is refused at once; it must not be in every second CDB.
        cdb[definition.CdbLength - 1] = 0;
        if (random.Next(8) != 0)
            Tame(cdb, definition);
        var data = definition.Direction == DataDirection.Out ? DataFor(cdb) : null;
        return new FuzzInput(cdb, data, definition.Direction == DataDirection.In ? random.Next(1, 70_000) : 0);
    }

    /// <summary>Puts an address on the medium and a small length where commands have theirs, so that most get to work.</summary>
    private void Tame(byte[] cdb, CommandDefinition definition)
    {
        if (!definition.Medium && definition.Direction == DataDirection.In)
            return;
        var (lba, length) = (random.Next(blocks), random.Next(64));
        switch (definition.CdbLength)
        {
            case 6 when definition.Medium:
                (cdb[1], cdb[2], cdb[3], cdb[4]) = (0, (byte)(lba >> 8), (byte)lba, (byte)length);
                break;
            case 10 when definition.Medium && definition.OperationCode is not (0x42 or 0x48):
                BinaryPrimitives.WriteInt32BigEndian(cdb.AsSpan(2), lba);
                BinaryPrimitives.WriteInt16BigEndian(cdb.AsSpan(7), (short)length);
                break;
            case 12 when definition.Medium:
                BinaryPrimitives.WriteInt32BigEndian(cdb.AsSpan(2), lba);
                BinaryPrimitives.WriteInt32BigEndian(cdb.AsSpan(6), length);
                break;
            case 16 when definition.OperationCode is not (0x83 or 0x84):
                BinaryPrimitives.WriteInt64BigEndian(cdb.AsSpan(2), lba);
                // COMPARE AND WRITE has its length in one byte elsewhere.
                if (definition.OperationCode == 0x89)
                    (cdb[10], cdb[11], cdb[12], cdb[13]) = (0, 0, 0, (byte)random.Next(9));
                else
                    BinaryPrimitives.WriteInt32BigEndian(cdb.AsSpan(10), length);
                break;
        }
    }

    /// <summary>A parameter list or data of the length that the CDB announces.</summary>
    private byte[] DataFor(byte[] cdb)
    {
        switch (cdb[0])
        {
            case 0x5f:
                return Announce(cdb, 5, 4, lists.ReserveOut());
            case 0x42:
                return Announce(cdb, 7, 2, lists.Unmap());
            case 0x83 when (cdb[1] & 0x1f) is 0 or 1:
                return Announce(cdb, 10, 4, lists.ExtendedCopy(lid4: (cdb[1] & 0x1f) == 1));
            case 0x83 when (cdb[1] & 0x1f) == 0x10:
                return Announce(cdb, 10, 4, lists.PopulateToken());
            case 0x83:
                return Announce(cdb, 10, 4, lists.WriteUsingToken());
            case 0x15:
                return Announce(cdb, 4, 1, lists.ModeSelect(ten: false));
            case 0x55:
                return Announce(cdb, 7, 2, lists.ModeSelect(ten: true));
            case 0x48:
                return Announce(cdb, 7, 2, lists.Sanitize());
            case 0x89:
                return Mutation.Random(cdb[13] * 1024, random);
            case 0x41 or 0x93:
                return Mutation.Random(512, random);
            default:
                var length = (cdb[0] >> 5) switch
                {
                    0 => cdb[4],
                    1 or 2 => BinaryPrimitives.ReadUInt16BigEndian(cdb.AsSpan(7)),
                    5 => BinaryPrimitives.ReadInt32BigEndian(cdb.AsSpan(6)),
                    _ => BinaryPrimitives.ReadInt32BigEndian(cdb.AsSpan(10)),
                };
                return Mutation.Random(Math.Clamp(length, 0, 128) * 512, random);
        }
    }

    private static byte[] Announce(byte[] cdb, int at, int width, byte[] list)
    {
        for (var i = 0; i < width; i++)
            cdb[at + i] = (byte)(list.Length >> (8 * (width - 1 - i)));
        return list;
    }

    private static FuzzInput Copy(FuzzInput input) => input with { Cdb = [.. input.Cdb], DataOut = input.DataOut is null ? null : [.. input.DataOut] };
}
