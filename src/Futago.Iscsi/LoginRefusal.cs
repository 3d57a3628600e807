using System.Net;

namespace Futago.Iscsi;

/// <summary>A login that was turned away.</summary>
/// <param name="InitiatorName">As far as it was known; empty when the login failed before it named itself.</param>
public sealed record LoginRefusal(IPAddress Address, string InitiatorName, string? TargetName, LoginRefusalReason Reason);
