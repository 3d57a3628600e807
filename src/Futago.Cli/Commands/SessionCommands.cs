using System.CommandLine;
using Futago.Cli.Output;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;

namespace Futago.Cli.Commands;

internal static class SessionCommands
{
    public static Command Create() => new("session", "Initiators that are logged in, and those that were turned away.")
    {
        List(),
        Show(),
        DiagnosticsCommands.Commands(),
        CaptureCommands.Create(),
        Close(),
        Refused(),
    };

    private static Verb List() => new("list", "Lists the sessions.", async call =>
    {
        var sessions = await Fallback.ReadAsync(call, console => console.Sessions.ListAsync(call.Cancellation), engine => engine.ListSessionsAsync(call.Cancellation));
        call.Print(sessions, output =>
        {
            var table = new Table(">SESSION", "TARGET", "INITIATOR", "ADDRESS", "SINCE", ">COMMANDS", ">READ", ">WRITTEN");
            foreach (var session in sessions)
            {
                table.Add(
                    Values.Text(session.Id),
                    session.TargetName ?? "(discovery)",
                    session.InitiatorName,
                    Addresses(session),
                    Format.Time(session.StartedAt, call.Environment),
                    Values.Text(session.Commands),
                    Format.Size(session.BytesRead),
                    Format.Size(session.BytesWritten));
            }
            table.Write(output, "No initiator is logged in.");
        });
    });

    private static Verb Show()
    {
        var id = DiagnosticsCommands.Session();
        return new Verb("show", "Shows one session with what was negotiated.", async call =>
        {
            var sessions = await Fallback.ReadAsync(call, console => console.Sessions.ListAsync(call.Cancellation), engine => engine.ListSessionsAsync(call.Cancellation));
            var session = sessions.FirstOrDefault(s => s.Id == call.Value(id))
                ?? throw ProblemException.NotFound(ProblemCodes.SessionNotFound, $"There is no session {Values.Text(call.Value(id))}; it may have ended.", ("session", Values.Text(call.Value(id))));
            call.Print(session, output => TargetPage.WriteSession(output, session, call.Environment));
        }, id);
    }

    private static Verb Close()
    {
        var id = DiagnosticsCommands.Session();
        return new Verb("close", "Closes a session. An initiator that is still allowed may log in again at once.", async call =>
        {
            await call.Console.Sessions.CloseAsync(call.Value(id), call.Cancellation);
            call.Done($"Closed the session {Values.Text(call.Value(id))}.");
        }, id);
    }

    private static Verb Refused() => new("refused", "Lists the logins turned away lately, and why.", async call =>
    {
        var logins = await Fallback.ReadAsync(call, console => console.Sessions.ListRefusedLoginsAsync(call.Cancellation), engine => engine.ListRefusedLoginsAsync(call.Cancellation));
        call.Print(logins, output =>
        {
            var table = new Table("LAST", ">TIMES", "ADDRESS", "INITIATOR", "TARGET", "REASON");
            foreach (var login in logins)
                table.Add(Format.Time(login.LastAt, call.Environment), Values.Text(login.Count), login.Address, login.InitiatorName, login.TargetName, Format.Reason(login.Reason));
            table.Write(output, "No login was turned away lately.");
        });
    });

    private static string Addresses(SessionInfo session) => string.Join(", ", session.Connections.Select(connection => connection.RemoteAddress));
}
