using System.Net;
using Futago.DataReplication.Agent;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.DataReplication;

namespace Futago.Engine.DataReplication;

/// <summary>Checks the agent's part of a configuration before any of it is applied.</summary>
internal static class AgentValidator
{
    private const int SharesMaximum = 1000;
    private const int AllowedMaximum = 100;

    /// <exception cref="ProblemException">The first thing that is wrong, with its field.</exception>
    public static void Check(AgentConfiguration agent)
    {
        if (agent.TlsPort is < 1 or > 65535 || agent.PlainPort is < 1 or > 65535 || agent.TlsPort == agent.PlainPort)
            throw Invalid("The ports of the data replication agent are 1–65535 and differ.", "agent.tlsPort");
        if (agent.Shares is not { Count: <= SharesMaximum })
            throw Invalid($"The data replication agent has at most {SharesMaximum} shares.", "agent.shares");
        HashSet<string> seen = new(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < agent.Shares.Count; i++)
        {
            var field = $"agent.shares[{i}]";
            var share = agent.Shares[i];
            if (!ShareRules.IsName(share.Share) || !seen.Add(share.Share))
                throw Invalid("A share of the data replication agent has no valid name, or is listed twice.", field);
            if (!ShareRules.IsUser(share.User))
                throw Invalid($"The data replication user of the share {share.Share} is not valid.", field);
            if (!ShareRules.IsPassword(share.Password))
                throw Invalid($"The data replication password of the share {share.Share} is not valid.", field);
            if (share.Allowed is not { Count: <= AllowedMaximum } || share.Allowed.Any(a => Networks(a).Count == 0))
                throw Invalid($"An address that may use the share {share.Share} is not an IP address, a subnet or ALL.", field);
        }
    }

    /// <summary>Empty for what is no address, subnet or ALL.</summary>
    public static IReadOnlyList<IPNetwork> Networks(string address)
    {
        if (string.Equals(address, "ALL", StringComparison.OrdinalIgnoreCase))
            return [new IPNetwork(IPAddress.Any, 0), new IPNetwork(IPAddress.IPv6Any, 0)];
        if (IPAddress.TryParse(address, out var single) && (address.Contains(':', StringComparison.Ordinal) || address.Count(c => c == '.') == 3))
            return [new IPNetwork(single, single.GetAddressBytes().Length * 8)];
        return IPNetwork.TryParse(address, out var network) ? [network] : [];
    }

    private static ProblemException Invalid(string detail, string field) => ProblemException.Invalid(ProblemCodes.ConfigurationInvalid, detail, field);
}
