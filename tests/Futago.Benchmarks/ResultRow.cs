namespace Futago.Benchmarks;

/// <summary>One line of a result: the same load on both sides.</summary>
/// <param name="Unit">Of <paramref name="Ours"/> and <paramref name="Peer"/> (<c>IOPS</c>, <c>MiB/s</c>, <c>µs</c>, <c>µs CPU/op</c>).</param>
public sealed record ResultRow(string Load, string Unit, double Ours, double Peer)
{
    /// <summary>Ours by the peer's.</summary>
    public double Ratio => Peer == 0 ? 0 : Ours / Peer;
}
