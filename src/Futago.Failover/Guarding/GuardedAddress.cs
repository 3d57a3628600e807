namespace Futago.Failover;

/// <summary>A virtual IP as the guard handles it.</summary>
/// <param name="Address">IPv4 or IPv6, in the form that <see cref="System.Net.IPAddress"/> prints.</param>
/// <param name="PrefixLength">Of its network.</param>
/// <param name="Nic">The NIC that takes it.</param>
/// <param name="Broadcast">IPv4 only; null: the last address of the network.</param>
internal sealed record GuardedAddress(string Address, int PrefixLength, string Nic, string? Broadcast);
