using System.Net;
using Microsoft.Extensions.Logging;

namespace Futago.Iscsi.Connection;

internal static partial class ConnectionLog
{
    [LoggerMessage(2101, LogLevel.Warning, "Connection from {Remote} closed: {Rule}")]
    public static partial void ProtocolError(ILogger logger, IPEndPoint remote, string rule);

    [LoggerMessage(2102, LogLevel.Information, "Connection from {Remote} broke: {Reason}")]
    public static partial void Broken(ILogger logger, IPEndPoint remote, string reason);

    [LoggerMessage(2103, LogLevel.Error, "Connection from {Remote} closed because of a fault")]
    public static partial void Fault(ILogger logger, Exception exception, IPEndPoint remote);

    [LoggerMessage(2104, LogLevel.Warning, "Connection from {Remote} closed: no login within the time allowed")]
    public static partial void LoginTimeout(ILogger logger, IPEndPoint remote);

    [LoggerMessage(2105, LogLevel.Warning, "Connection from {Remote} closed: the peer has stopped reading")]
    public static partial void SendTimeout(ILogger logger, IPEndPoint remote);

    [LoggerMessage(2106, LogLevel.Warning, "Connection from {Remote} closed: no answer to NOP-In")]
    public static partial void PingTimeout(ILogger logger, IPEndPoint remote);

    [LoggerMessage(2107, LogLevel.Warning, "Connection from {Remote} refused: {Reason}")]
    public static partial void Refused(ILogger logger, IPEndPoint remote, string reason);

    [LoggerMessage(2108, LogLevel.Information, "Login from {Remote} ({Initiator}) to {Target} refused with status {Status}")]
    public static partial void LoginRefused(ILogger logger, IPEndPoint remote, string initiator, string? target, Pdu.LoginStatus status);

    [LoggerMessage(2109, LogLevel.Information, "PDU from {Remote} rejected: {Reason}")]
    public static partial void Rejected(ILogger logger, IPEndPoint remote, Pdu.RejectReason reason);

    [LoggerMessage(2110, LogLevel.Warning, "Connection from {Remote} closed: it has something to do and there is no thread for it: {Reason}")]
    public static partial void NoThread(ILogger logger, IPEndPoint remote, string reason);
}
