namespace Futago.Iscsi.Connection;

/// <summary>A place in the send queue that sends nothing but tells when it was reached.</summary>
internal sealed class SendMark(Action reached) : Outgoing
{
    public override bool Emit(SendBatch batch) => true;

    public override void Released() => reached();
}
