namespace Futago.Benchmarks.DataReplication;

/// <param name="Seconds">From the start to the last byte at the destination.</param>
/// <param name="ProcessorSeconds">User and system time of every process that took part, on both sides.</param>
public sealed record Measurement(double Seconds, double ProcessorSeconds);
