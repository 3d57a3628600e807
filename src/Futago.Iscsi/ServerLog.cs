using Microsoft.Extensions.Logging;

namespace Futago.Iscsi;

internal static partial class ServerLog
{
    [LoggerMessage(2001, LogLevel.Information, "Session {Id} opened: {Initiator} to {Target}")]
    public static partial void SessionOpened(ILogger logger, long id, string initiator, string target);

    [LoggerMessage(2002, LogLevel.Information, "Session {Id} closed: {Initiator} to {Target}")]
    public static partial void SessionClosed(ILogger logger, long id, string initiator, string target);

    [LoggerMessage(2003, LogLevel.Error, "Telling the SCSI layer of the end of session {Id} failed")]
    public static partial void CloseFault(ILogger logger, Exception exception, long id);
}
