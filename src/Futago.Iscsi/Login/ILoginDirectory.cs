using System.Net;
using Futago.Iscsi.Session;

namespace Futago.Iscsi.Login;

/// <summary>What a login needs to know of the server.</summary>
internal interface ILoginDirectory
{
    ChallengeRegistry Challenges { get; }

    ChapAccount? DiscoveryChap { get; }

    /// <summary>The accounts of all targets that this initiator may log in to.</summary>
    IReadOnlyList<ChapAccount> AccountsFor(IPAddress address, string initiatorName);

    /// <param name="local">The address of this node that the login came to.</param>
    ServedTarget? FindTarget(string name, IPAddress local);

    /// <summary>The session that a further connection (MC/S) wants to join, or null.</summary>
    IscsiSession? FindSession(ushort tsih);

    /// <summary>Too many wrong CHAP answers came from there lately; no further attempt is looked at for now.</summary>
    bool IsThrottled(IPAddress address);
}
