namespace Futago.Iscsi.Observation;

/// <summary>What commands are counted by.</summary>
/// <param name="Lun">LUN number; -1 for a LUN field that names no logical unit, and for what exceeds the room for keys.</param>
/// <param name="OperationCode">First byte of the CDB.</param>
internal readonly record struct CommandKey(int Lun, byte OperationCode)
{
    /// <summary>Where an initiator that tries everything is counted in the end.</summary>
    public static CommandKey Other { get; } = new(-1, 0xFF);
}
