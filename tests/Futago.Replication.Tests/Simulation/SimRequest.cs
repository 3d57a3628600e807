using Futago.Blocks;

namespace Futago.Replication.Tests.Simulation;

internal sealed class SimRequest(int node, BlockOperation operation, int first, int[] values, bool durable, int invoked, int epoch)
    : ReplicaRequest(operation, (long)first * SimDisk.SectorBytes, (long)values.Length * SimDisk.SectorBytes, operation == BlockOperation.Flush ? null : values, durable)
{
    public int Node => node;

    public int First => first;

    public int[] Values => values;

    public int Invoked => invoked;

    public int Epoch => epoch;

    public override string ToString() => $"{Operation} {First}+{Values.Length} [{string.Join(',', Values)}] {(Durable ? "durable" : "")}";
}
