using System.Globalization;
using Futago.Console.Client.Failover;
using Futago.Engine.Contracts.Failover;

namespace Futago.Management.Failover;

/// <summary>Virtual IPs, ways for heartbeats, ping nodes and the witness.</summary>
internal sealed partial class Preflight
{
    private void CheckVirtualIps(FailoverSettings settings)
    {
        const string Check = "virtual-ips";
        if (settings.VirtualIps.Count == 0)
        {
            Error(Check, FailoverCheckCodes.NoVirtualIp, "There is no virtual IP yet.", FailoverPlace.Failover);
            return;
        }
        foreach (var ip in settings.VirtualIps)
        {
            var good = CheckNic(Check, ip.Nic, _input.Look);
            if (_input.PeerLook is { } peer)
                good = CheckNic(Check, ip.PeerNic, peer) && good && CheckProbe(ip, peer, ip.PeerNic);
            if (good && CheckProbe(ip, _input.Look, ip.Nic) && _input.PeerLook is not null)
                Ok(Check, FailoverCheckCodes.VirtualIpFree, $"Nobody else has {ip.Address}.", ("address", ip.Address));
        }
    }

    private bool CheckNic(string check, string name, FailoverLook look)
    {
        // Of an engine that does not answer nothing is known, and that has been said.
        if (look.EngineProblem is not null)
            return false;
        var nic = look.Nics.FirstOrDefault(n => n.Name == name);
        if (nic is { Up: true })
            return true;
        if (nic is null)
            Error(check, FailoverCheckCodes.NicMissing, $"{look.Node} has no NIC {name}.", FailoverPlace.Network, null, ("nic", name), ("node", look.Node));
        else
            Error(check, FailoverCheckCodes.NicDown, $"The NIC {name} of {look.Node} has no link.", FailoverPlace.Network, null, ("nic", name), ("node", look.Node));
        return false;
    }

    private bool CheckProbe(VirtualIpSetting ip, FailoverLook look, string nic)
    {
        const string Check = "virtual-ips";
        var probe = look.Probes.FirstOrDefault(p => p.Address == ip.Address && p.Nic == nic);
        if (probe is null)
            return true;
        if (probe.Result is not { } result)
        {
            var reason = probe.Problem?.Detail ?? "";
            Warn(Check, FailoverCheckCodes.NotProbed, $"Whether somebody else has {ip.Address} could not be found out from {look.Node}: {reason}", FailoverPlace.Network, null,
                ("address", ip.Address), ("node", look.Node), ("reason", reason));
            return false;
        }
        // While it runs one of the two has it, as it should.
        if (!result.Taken && !result.ByThisNode || (_input.Look.Running == true && (result.ByThisNode || OfThePair(result.MacAddress))))
            return true;
        if (result.ByThisNode)
            Error(Check, FailoverCheckCodes.VirtualIpOwn, $"{ip.Address} is an address of {look.Node} itself. Remove it there, or choose another one.", FailoverPlace.Network, null, ("address", ip.Address), ("node", look.Node));
        else
            Error(Check, FailoverCheckCodes.VirtualIpTaken, $"Somebody has {ip.Address} already ({result.MacAddress}, seen from {look.Node}).", FailoverPlace.Failover, null,
                ("address", ip.Address), ("mac", result.MacAddress ?? "?"), ("node", look.Node));
        return false;
    }

    private bool OfThePair(string? mac) => mac is not null && Looks.SelectMany(l => l.Nics).Any(n => string.Equals(n.MacAddress, mac, StringComparison.OrdinalIgnoreCase));

    private void CheckPaths(FailoverSettings settings)
    {
        const string Check = "paths";
        foreach (var auxiliary in settings.Auxiliaries)
        {
            CheckNic(Check, auxiliary.Nic, _input.Look);
            if (_input.PeerLook is { } peer)
                CheckNic(Check, auxiliary.PeerNic, peer);
        }
        foreach (var path in settings.Paths)
            CheckPath(path);
        if (settings.Paths.DistinctBy(p => p.Nic).Count() < 2)
            Warn(Check, FailoverCheckCodes.SinglePath, "There is only one way between the nodes. Add an auxiliary connection on another NIC, so that one broken cable is not taken for a broken node.", FailoverPlace.Failover);
    }

    private void CheckPath(PathSetting path)
    {
        const string Check = "paths";
        if (_input.PeerLook is not { EngineProblem: null } peer || _input.Look.EngineProblem is not null)
            return;
        (string, string) between = ("path", $"{path.LocalAddress} – {path.PeerAddress}");
        if (AddressGone(path.Nic, path.LocalAddress, _input.Look) || AddressGone(path.PeerNic, path.PeerAddress, peer))
            return;
        var there = _input.Look.Pings.FirstOrDefault(p => p.Address == path.PeerAddress)?.RoundTripMicroseconds;
        var back = peer.Pings.FirstOrDefault(p => p.Address == path.LocalAddress)?.RoundTripMicroseconds;
        if (there is null && back is null)
            Error(Check, FailoverCheckCodes.PathSilent, $"Nothing comes through between {path.LocalAddress} and {path.PeerAddress}.", FailoverPlace.Network, null, between);
        else if (there is null || back is null)
            Error(Check, FailoverCheckCodes.PathOneWay, $"Only one of the nodes gets answers between {path.LocalAddress} and {path.PeerAddress}.", FailoverPlace.Network, null, between);
        else
            Ok(Check, FailoverCheckCodes.PathGood, $"The nodes see each other between {path.LocalAddress} and {path.PeerAddress}, round trip {RoundTrip(there.Value)}.", between, ("roundTrip", RoundTrip(there.Value)));
        CheckMtu(path, peer, between);
    }

    private bool AddressGone(string nic, string address, FailoverLook look)
    {
        if (look.Nics.FirstOrDefault(n => n.Name == nic)?.Addresses.Any(a => a.Address == address) == true)
            return false;
        Error("paths", FailoverCheckCodes.PathAddressGone, $"{nic} of {look.Node} has not got the address {address} any more. Set the virtual IPs and auxiliary connections again.", FailoverPlace.Failover, null,
            ("nic", nic), ("node", look.Node), ("address", address));
        return true;
    }

    private void CheckMtu(PathSetting path, FailoverLook peer, (string, string) between)
    {
        var (own, other) = (Mtu(_input.Look, path.Nic), Mtu(peer, path.PeerNic));
        if (own != other)
            Warn("mtu", FailoverCheckCodes.MtuDiffers, $"The two ends of {path.LocalAddress} – {path.PeerAddress} take packets of different size: {own} and {other} bytes.", FailoverPlace.Network, null,
                between, ("own", $"{own}"), ("theirs", $"{other}"));
        else
            Ok("mtu", FailoverCheckCodes.MtuSame, $"Both ends of {path.LocalAddress} – {path.PeerAddress} take packets of {own} bytes.", between, ("bytes", $"{own}"));
    }

    private void CheckPingNodes(FailoverSettings settings)
    {
        const string Check = "ping-nodes";
        if (settings.PingNodes.Count == 0)
            Warn(Check, FailoverCheckCodes.NoPingNode, "There is no ping node: a node cannot tell that it is the one that is cut off.", FailoverPlace.Failover);
        foreach (var ping in settings.PingNodes)
        {
            (string, string) address = ("address", ping);
            if (Looks.FirstOrDefault(l => new NodeNics(l.Node, l.Nics).Owns(ping)) is { } owner)
            {
                Add(Check, CheckLevel.Error, FailoverProblems.PingNodeIsNode(ping, owner.Node).Problem, FailoverPlace.Failover);
                continue;
            }
            var silent = Looks.Where(l => l.EngineProblem is null && l.Pings.FirstOrDefault(p => p.Address == ping)?.RoundTripMicroseconds is null).ToList();
            foreach (var look in silent)
                Error(Check, FailoverCheckCodes.PingNodeSilent, $"The ping node {ping} does not answer {look.Node}.", FailoverPlace.Failover, null, address, ("node", look.Node));
            if (silent.Count == 0 && _input.PeerLook is not null)
                Ok(Check, FailoverCheckCodes.PingNodeAnswers, $"The ping node {ping} answers both nodes.", address);
        }
    }

    private void CheckWitness(FailoverSettings settings)
    {
        const string Check = "witness";
        switch (settings.Policy)
        {
            case FailoverPolicy.PingOnly:
                Warn(Check, FailoverCheckCodes.PingOnly, "Without a witness this is best effort: when only the ways between the nodes are cut, nobody can know which node should serve.", FailoverPlace.Failover);
                break;
            case FailoverPolicy.Manual:
                Warn(Check, FailoverCheckCodes.Manual, "Nothing switches by itself: when a node fails, a person has to decide.", FailoverPlace.Failover);
                break;
        }
        if (settings.Witness is not { } witness || _input.IsDraft)
            return;
        var where = $"{witness.Address}:{witness.Port}";
        var good = true;
        foreach (var look in Looks.Where(l => l.EngineProblem is null))
        {
            if (look.Witness?.PublicKey == witness.PublicKey)
                continue;
            good = false;
            var reason = look.Witness?.Problem?.Detail ?? (look.Witness?.PublicKey is null ? "it was not asked." : "it has another key than the one that was set.");
            Error(Check, FailoverCheckCodes.WitnessSilent, $"The witness {where} cannot be used from {look.Node}: {reason}", FailoverPlace.Failover, null, ("address", where), ("node", look.Node), ("reason", reason));
        }
        if (good && _input.PeerLook is not null)
            Ok(Check, FailoverCheckCodes.WitnessAnswers, $"The witness {where} answers both nodes.", ("address", where));
    }

    private static int Mtu(FailoverLook look, string nic) => look.Nics.FirstOrDefault(n => n.Name == nic)?.MtuBytes ?? 0;

    private static string RoundTrip(double microseconds) => microseconds < 1000
        ? microseconds.ToString("0", CultureInfo.InvariantCulture) + " µs"
        : (microseconds / 1000).ToString("0.0", CultureInfo.InvariantCulture) + " ms";
}
