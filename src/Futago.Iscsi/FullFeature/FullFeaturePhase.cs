using Futago.Iscsi.Connection;
using Futago.Iscsi.Pdu;
using Futago.Iscsi.Session;
using Microsoft.Extensions.Logging;

namespace Futago.Iscsi.FullFeature;

/// <summary>
/// What a connection does with PDUs after login. Called by the connection's thread, except <see cref="Dispatch"/> for PDUs that
/// waited for their turn (MC/S), which runs on whichever connection of the session closed the gap, under the session's gate.
/// <para>
/// Partials by PDU: <c>.Commands</c>, <c>.DataOut</c>, <c>.TaskManagement</c>, <c>.Text</c>, <c>.Control</c>.
/// </para>
/// </summary>
internal sealed partial class FullFeaturePhase(IscsiConnection connection, IscsiSession session, IConnectionHost host, ILogger logger)
{
    /// <summary>A PDU other than a command or its data, complete with data segment.</summary>
    public void Handle(Bhs header, ReadOnlySpan<byte> data)
    {
        // A NOP-Out without a task tag answers our ping; it takes no place in the command order.
        if (header.Opcode == Opcode.NOP_OUT && header.TaskTag == Bhs.ReservedTag)
        {
            EndPing();
            return;
        }
        if (header.Opcode is not (Opcode.NOP_OUT or Opcode.TASK_MANAGEMENT_REQUEST or Opcode.TEXT_REQUEST or Opcode.LOGOUT_REQUEST))
        {
            RejectUnsequenced(header);
            return;
        }
        lock (session.Gate)
            Sequence(header, data);
        session.RunDeferred();
    }

    private void Sequence(Bhs header, ReadOnlySpan<byte> data)
    {
        if (header.Immediate)
        {
            Dispatch(header, data, completesWindow: false);
            return;
        }
        var cmdSn = header.CmdSn;
        if (!session.IsNew(cmdSn))
            return;
        if (cmdSn != session.Window.ExpCmdSn)
        {
            session.Hold(cmdSn, this, header.Bytes, data);
            return;
        }
        session.Window.Advance();
        Dispatch(header, data);
        session.DrainHeld();
    }

    /// <summary>Handles a PDU whose turn has come.</summary>
    public void Dispatch(Bhs header, ReadOnlySpan<byte> data, bool completesWindow = true)
    {
        if (completesWindow)
            session.Window.Complete();
        switch (header.Opcode)
        {
            case Opcode.NOP_OUT:
                AnswerNop(header, data);
                break;
            case Opcode.TASK_MANAGEMENT_REQUEST:
                ManageTasks(header);
                break;
            case Opcode.TEXT_REQUEST:
                HandleText(header, data);
                break;
            default:
                Logout(header);
                break;
        }
    }

    private void RejectUnsequenced(Bhs header)
    {
        var reason = header.Opcode switch
        {
            // Section 11.16: ErrorRecoveryLevel 0 has nothing to resend.
            Opcode.SNACK_REQUEST => RejectReason.SNACK_REJECT,
            Opcode.LOGIN_REQUEST => RejectReason.PROTOCOL_ERROR,
            _ => RejectReason.COMMAND_NOT_SUPPORTED,
        };
        Reject(header, reason);
    }
}
