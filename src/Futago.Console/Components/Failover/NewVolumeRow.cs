using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Futago.Console.Client.Failover;
using Futago.Engine.Contracts;

namespace Futago.Console.Components.Failover;

/// <summary>A volume that the one form is to make, as somebody has typed it so far.</summary>
public sealed class NewVolumeRow
{
    public string Name { get; set; } = "";

    public string Group { get; set; } = "";

    public string PeerGroup { get; set; } = "";

    public long? Size { get; set; }

    public string Target { get; set; } = "";

    public string Lun { get; set; } = "";

    public string Allow { get; set; } = "";

    /// <summary>What is most likely meant: groups of the same name, half of what is free or 10 GiB, one target for all, the data network let in.</summary>
    public static NewVolumeRow Of(FailoverOffer offer, IReadOnlyList<NewVolumeRow> before)
    {
        var group = offer.Groups.FirstOrDefault(g => offer.PeerGroups.Any(p => p.Name == g.Name)) ?? (offer.Groups is [var any, ..] ? any : null);
        var peerGroup = offer.PeerGroups.FirstOrDefault(p => p.Name == group?.Name) ?? (offer.PeerGroups is [var other, ..] ? other : null);
        var half = Math.Min(group?.FreeBytes ?? 0, peerGroup?.FreeBytes ?? 0) / 2 / ByteSize.MiB * ByteSize.MiB;
        return new NewVolumeRow
        {
            Name = NextName(offer.NextVolume, before),
            Group = group?.Name ?? "",
            PeerGroup = peerGroup?.Name ?? "",
            Size = Math.Max(ByteSize.MiB, Math.Min(10 * ByteSize.GiB, half)),
            Target = before is [.., var last] ? last.Target : offer.NextTarget,
            Allow = before is [.., var same] ? same.Allow : DataNetwork(offer),
        };
    }

    public NewFailoverVolume ToRequest() => new(
        $"{Group}/{Name.Trim()}", Size ?? 0, Target.Trim(), $"{PeerGroup}/{Name.Trim()}",
        // What is no number is refused like one that is out of range.
        Lun: Lun.Trim().Length == 0 ? null : int.TryParse(Lun.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var lun) ? lun : -1,
        Allow: Allow.Trim() is { Length: > 0 } allow ? allow : null);

    private static string NextName(string next, IReadOnlyList<NewVolumeRow> before)
    {
        for (var number = int.TryParse(next.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var first) ? first : 0; ; number++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"lv{number:0000}");
            if (before.All(b => b.Name != name))
                return name;
        }
    }

    private static string DataNetwork(FailoverOffer offer) =>
        offer.Nics.Where(n => n.Up).SelectMany(n => n.Addresses)
            .Where(a => !a.Virtual && IPAddress.TryParse(a.Address, out var ip) && ip.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(ip))
            .Select(a => Management.Targets.AccessAddress.Check($"{a.Address}/{a.PrefixLength}")).FirstOrDefault() ?? "";
}
