using Futago.Iscsi.Connection;
using Futago.Iscsi.Login;
using Futago.Iscsi.Names;
using Futago.Iscsi.Session;

namespace Futago.Iscsi.Discovery;

/// <summary>
/// SendTargets, RFC 7143 appendix C: the targets that this initiator may log in to, and the addresses where it reaches them.
/// </summary>
internal static class SendTargets
{
    /// <param name="value"><c>All</c> (discovery sessions only), a target name, or nothing (the target of this session).</param>
    /// <returns>False when the value is not allowed in this kind of session.</returns>
    public static bool TryAnswer(string value, IscsiSession session, IscsiConnection connection, IConnectionHost host, List<byte> answer)
    {
        string? only;
        if (value == "All")
        {
            if (session.Target is not null)
                return false;
            only = null;
        }
        else if (value.Length == 0)
        {
            if (session.Target is null)
                return false;
            only = session.Target.Name;
        }
        else if (!IscsiName.TryParse(value, out only))
        {
            return false;
        }
        // A normal session learns nothing of other targets.
        if (session.Target is not null && only != session.Target.Name)
            return true;
        var addresses = host.PortalAddressesFor(connection);
        foreach (var target in host.TargetsFor(connection, session.InitiatorName))
        {
            if (only is not null && target.Name != only)
                continue;
            TextKeys.Append(answer, "TargetName", target.Name);
            var moving = target.Definition.Gate?.Portals;
            foreach (var address in moving is null ? addresses : moving.Select(p => p.ToString()))
                TextKeys.Append(answer, "TargetAddress", $"{address},{target.Definition.PortalGroupTag}");
        }
        return true;
    }
}
