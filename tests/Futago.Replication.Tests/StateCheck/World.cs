namespace Futago.Replication.Tests.StateCheck;

/// <summary>
/// Everything, between two events: both machines, what is on its way between them, what the authority knows, and what the
/// applications were told. Packs into 16 bytes.
/// </summary>
internal struct World
{
    public const int Nobody = 2;

    /// <summary>Where <see cref="Pack"/> puts the faults that there have been, two bits of each kind.</summary>
    public const int CrashesAt = 18, PartitionsAt = 20;
    public static readonly UInt128 Faults = (UInt128)0b1111UL << CrashesAt;

    public int A, B, ToA, ToB;

    public bool Linked, ToldA, ToldB, GoneA, GoneB, Broken;

    /// <summary>Which primary has asked whether it may go on alone; who may be primary; who went on alone, until both are in sync.</summary>
    public bool WantsA, WantsB;
    public int Owner, Alone;
    public int Promotions, Writes, Crashes, Partitions, Generations;

    /// <summary>Bit v: value v may be read from the block. Value 0 is what was there first.</summary>
    public int MayReadFirst, MayReadSecond;

    /// <summary>For each write: 0 not under way, 1 or 2 at node A or B. And whether the third began before the first had ended.</summary>
    public int Flight1, Flight2, Flight3;
    public bool Overlap;

    /// <summary>
    /// Whether whatever can happen from the one can happen from the other: all is the same, and no more faults have been used up.
    /// </summary>
    public static bool Covers(UInt128 seen, UInt128 state) =>
        ((seen ^ state) & ~Faults) == UInt128.Zero
        && ((ulong)seen >> CrashesAt & 3) <= ((ulong)state >> CrashesAt & 3) && ((ulong)seen >> PartitionsAt & 3) <= ((ulong)state >> PartitionsAt & 3);

    public readonly UInt128 Pack()
    {
        ulong misc = 0;
        var at = 0;
        void Put(int value, int bits)
        {
            if (value < 0 || value >= 1 << bits)
                throw new InvalidOperationException("A number outgrew its place in the packed state");
            misc |= (ulong)(uint)value << at;
            at += bits;
        }
        void Flag(bool value) => Put(value ? 1 : 0, 1);
        Flag(Linked); Flag(ToldA); Flag(ToldB); Flag(GoneA); Flag(GoneB); Flag(Broken); Flag(WantsA); Flag(WantsB); Flag(Overlap);
        Put(Owner, 2); Put(Alone, 2); Put(Promotions, 3); Put(Writes, 2); Put(Crashes, 2); Put(Partitions, 2); Put(Generations, 4);
        Put(MayReadFirst, 4); Put(MayReadSecond, 4); Put(Flight1, 2); Put(Flight2, 2); Put(Flight3, 2);
        return new UInt128((ulong)(uint)A << 40 | (ulong)(uint)B << 16 | (uint)ToA, (ulong)(uint)ToB << 48 | misc);
    }

    public static World Unpack(UInt128 packed)
    {
        var (high, low) = ((ulong)(packed >> 64), (ulong)packed);
        var misc = low;
        int Take(int bits)
        {
            var value = (int)(misc & ((1UL << bits) - 1));
            misc >>= bits;
            return value;
        }
        bool Flag() => Take(1) != 0;
        return new World
        {
            A = (int)(high >> 40),
            B = (int)(high >> 16 & 0xffffff),
            ToA = (int)(high & 0xffff),
            ToB = (int)(low >> 48),
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
            Promotions = Take(3),
            Writes = Take(2),
            Crashes = Take(2),
            Partitions = Take(2),
            Generations = Take(4),
            MayReadFirst = Take(4),
            MayReadSecond = Take(4),
            Flight1 = Take(2),
            Flight2 = Take(2),
            Flight3 = Take(2),
        };
    }
}
