using System.Buffers.Binary;
using Futago.Blocks;

namespace Futago.Replication.Tests.Volumes;

/// <summary>Writes numbered blocks to the source, many at a time, and knows which number each block may hold.</summary>
internal sealed class StampedLoad(MirrorPair pair, int seed)
{
    private const int Blocks = 64;
    private const int QueueDepth = 16;

    private readonly Random _random = new(seed);
    private readonly long[] _acknowledged = new long[Blocks];
    private readonly HashSet<long>[] _possible = [.. Enumerable.Range(0, Blocks).Select(_ => new HashSet<long> { 0 })];
    private long _number;

    /// <summary>Of the writes to one block only one is under way at a time, so that the order is known.</summary>
    public async Task RunAsync(int writes)
    {
        for (var left = writes; left > 0; left -= QueueDepth)
        {
            var blocks = Enumerable.Range(0, Blocks).OrderBy(_ => _random.Next()).Take(Math.Min(left, QueueDepth)).ToList();
            await Task.WhenAll(blocks.Select(block => WriteAsync(block, ++_number)));
        }
    }

    public async Task VerifyAsync()
    {
        var buffer = pair.Pool.TryRent(4096)!;
        for (var block = 0; block < Blocks; block++)
        {
            Assert.Equal(BlockStatus.Ok, await pair.A.RunAsync(BlockOperation.Read, Place(block), 4096, buffer));
            var number = BinaryPrimitives.ReadInt64LittleEndian(buffer.GetSpan());
            Assert.True(_possible[block].Contains(number), $"block {block} holds {number}; {_acknowledged[block]} was acknowledged (seed {seed})");
            Assert.Equal(number, BinaryPrimitives.ReadInt64LittleEndian(buffer.GetSpan()[4088..]));
            _possible[block] = [number];
        }
        pair.Pool.Return(buffer);
    }

    /// <summary>Spread over two extents of the activity log.</summary>
    private static long Place(int block) => (block * 29L % 2000) * 4096;

    private async Task WriteAsync(int block, long number)
    {
        var buffer = pair.Pool.TryRent(4096)!;
        for (var at = 0; at < 4096; at += 8)
            BinaryPrimitives.WriteInt64LittleEndian(buffer.GetSpan()[at..], number);
        _possible[block].Add(number);
        var status = await pair.A.RunAsync(BlockOperation.Write, Place(block), 4096, buffer, durable: true);
        pair.Pool.Return(buffer);
        if (status != BlockStatus.Ok)
            return;
        _acknowledged[block] = number;
        _possible[block] = [number];
    }
}
