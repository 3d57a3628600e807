namespace Futago.Iscsi.Connection;

/// <summary>Any PDU that is not part of reading or writing: login, text, NOP, logout, reject and so on. Rare, so allocated.</summary>
/// <param name="header">48 bytes, complete but for the sequence numbers.</param>
/// <param name="data">Data segment without padding.</param>
internal sealed class ControlPdu(byte[] header, byte[] data) : Outgoing
{
    /// <summary>What the StatSN field means in this PDU.</summary>
    public StatSnUse StatSn { get; init; } = StatSnUse.Advance;

    /// <summary>Login responses come before the digests take effect, RFC 7143 section 13.1.</summary>
    public bool WithoutDigests { get; init; }

    public override bool Emit(SendBatch batch)
    {
        if (!batch.HasRoom(data.Length))
            return false;
        var target = batch.Begin(WithoutDigests);
        header.CopyTo(target);
        batch.Stamp(target, StatSn);
        batch.EndHeader();
        batch.AppendCopy(data);
        return true;
    }

    public override void Released()
    {
        // Nothing to give back.
    }
}
