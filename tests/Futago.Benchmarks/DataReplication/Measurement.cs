namespace Futago.Benchmarks.DataReplication;

/// <param name="Seconds">From the start to the last byte at the destination.</param>
/// <param name="ProcessorSeconds">What the processors of the machine worked for it, <see cref="MachineTime"/>.</param>
public sealed record Measurement(double Seconds, double ProcessorSeconds);
