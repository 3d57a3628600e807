namespace Futago.Replication.Tests.StateCheck;

/// <summary>
/// Everything, between two events: both machines, what is on its way between them, what the authority knows, and what the
/// applications were told. Packs into 16 bytes.
/// </summary>
internal struct World
{
    public const int Nobody = 2;

    /// <summary>Of the number of a machine's state, and of a row of frames, in a packed state.</summary>
    public const int NodeBits = 24, RowBits = 14;

    /// <summary>Of a packed state, everything but what is used up of the bound; that is above, see <see cref="UsedBits"/>.</summary>
    public const int KeyBits = 106;

    /// <summary>Crashes and partitions, two bits each, and three for promotions.</summary>
    public const int UsedBits = 7;

    public int A, B, ToA, ToB;

    public bool Linked, ToldA, ToldB, GoneA, GoneB, Broken;

    /// <summary>Which primary has asked whether it may go on alone; who may be primary; who went on alone, until both are in sync.</summary>
    public bool WantsA, WantsB;
    public int Owner, Alone;
    public int Promotions, Writes, Crashes, Partitions;

    /// <summary>Bit v: value v may be read from the block. Value 0 is what was there first.</summary>
    public int MayReadFirst, MayReadSecond;

    /// <summary>For each write: 0 not under way, 1 or 2 at node A or B. And whether the third began before the first had ended.</summary>
    public int Flight1, Flight2, Flight3;
    public bool Overlap;

    public readonly UInt128 Pack()
    {
        var packed = UInt128.Zero;
        var at = 0;
        void Put(int value, int bits)
        {
            if (value < 0 || value >= 1 << bits)
                throw new InvalidOperationException("A number outgrew its place in the packed state");
            packed |= (UInt128)(uint)value << at;
            at += bits;
        }
        void Flag(bool value) => Put(value ? 1 : 0, 1);
        Flag(Linked); Flag(ToldA); Flag(ToldB); Flag(GoneA); Flag(GoneB); Flag(Broken); Flag(WantsA); Flag(WantsB); Flag(Overlap);
        Put(Owner, 2); Put(Alone, 2); Put(Writes, 2);
        Put(MayReadFirst, 4); Put(MayReadSecond, 4); Put(Flight1, 2); Put(Flight2, 2); Put(Flight3, 2);
        Put(A, NodeBits); Put(B, NodeBits); Put(ToA, RowBits); Put(ToB, RowBits);
        // What lies beyond would be lost to the comparison of states.
        if (at > KeyBits)
            throw new InvalidOperationException($"A packed state has {at} bits without what is used up");
        at = KeyBits;
        Put(Crashes, 2); Put(Partitions, 2); Put(Promotions, 3);
        return packed;
    }

    public static World Unpack(UInt128 packed)
    {
        int Take(int bits)
        {
            var value = (int)((ulong)packed & ((1UL << bits) - 1));
            packed >>= bits;
            return value;
        }
        bool Flag() => Take(1) != 0;
        var used = (int)(packed >> KeyBits);
        return new World
        {
            Linked = Flag(),
            ToldA = Flag(),
            ToldB = Flag(),
            GoneA = Flag(),
            GoneB = Flag(),
            Broken = Flag(),
            WantsA = Flag(),
            WantsB = Flag(),
            Overlap = Flag(),
            Owner = Take(2),
            Alone = Take(2),
            Writes = Take(2),
            MayReadFirst = Take(4),
            MayReadSecond = Take(4),
            Flight1 = Take(2),
            Flight2 = Take(2),
            Flight3 = Take(2),
            A = Take(NodeBits),
            B = Take(NodeBits),
            ToA = Take(RowBits),
            ToB = Take(RowBits),
            Crashes = used & 0b11,
            Partitions = used >> 2 & 0b11,
            Promotions = used >> 4,
        };
    }
}
