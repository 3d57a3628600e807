using System.Security.Cryptography;
using System.Text.Json;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Failover;
using Futago.Management.Access;
using Futago.Management.Node;

namespace Futago.Management.Failover;

/// <summary>What this node has of the failover: its key, its seal, and what the engine gets.</summary>
public sealed class FailoverHalf(ISecretProtector protector)
{
    /// <summary>Base64 of the key; null when it cannot be decrypted.</summary>
    public string? KeyOf(FailoverPair pair) => protector.Unprotect(pair.ProtectedKey);

    /// <summary>For comparing with the peer; null while there is no failover, or when its key is lost.</summary>
    public FailoverSeal? SealOf(NodeConfiguration configuration)
    {
        if (configuration.Failover is not { } pair || KeyOf(pair) is not { } key)
            return null;
        // Seen from the primary on both nodes.
        var settings = pair.Settings.IsPrimary ? pair.Settings : pair.Settings.Mirrored();
        return new FailoverSeal(pair.FailoverId, Seal(key, settings), TargetsSeal(configuration, pair, key));
    }

    /// <summary>Null while there is none, and while it is being put together.</summary>
    public FailoverConfiguration? Build(NodeConfiguration configuration)
    {
        if (configuration.Failover is not { AgreedAt: not null, Settings: { Complete: true } settings } pair || KeyOf(pair) is not { } key)
            return null;
        return new FailoverConfiguration(
            pair.FailoverId,
            settings.IsPrimary,
            settings.Policy,
            key,
            [.. settings.VirtualIps.Select(v => new VirtualIpConfiguration(v.Address, v.PrefixLength, v.Nic, v.Broadcast))],
            [.. settings.Paths.Select(p => new HeartbeatPathConfiguration(p.Nic, p.LocalAddress, p.PeerAddress))],
            settings.PingNodes,
            settings.Witness,
            settings.Replications,
            [.. TargetDefinitions.TargetsOn(configuration, settings.Replications).Select(t => t.Id)],
            new FailoverTiming());
    }

    private string TargetsSeal(NodeConfiguration configuration, FailoverPair pair, string key)
    {
        try
        {
            return Seal(key, TargetDefinitions.Of(configuration, pair.Settings.Replications, protector));
        }
        catch (ProblemException)
        {
            // A secret that is lost here is the same as nothing there.
            return "";
        }
    }

    // With the key, because what is sealed has secrets in it that could be guessed from a plain hash.
    private static string Seal<T>(string key, T value) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Convert.FromBase64String(key), JsonSerializer.SerializeToUtf8Bytes(value, EngineJson.Options)));
}
