using Futago.Testing.Blocks;

namespace Futago.Blocks.Tests;

/// <summary>The power-fail device is what other tests trust: what it promises is tested here.</summary>
public sealed class PowerFailBlockDeviceTests
{
    private readonly BlockBufferPool _pool = new(1 << 20);

    private BlockBuffer Filled(byte value)
    {
        var buffer = _pool.TryRent(8192)!;
        buffer.GetSpan().Fill(value);
        return buffer;
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5)]
    public async Task FlushedAndDurableWrites_AlwaysSurvive(int seed)
    {
        await using var device = new PowerFailBlockDevice(65536, seed);

        await device.RunAsync(BlockOperation.Write, 0, 8192, Filled(1));
        await device.RunAsync(BlockOperation.Flush, 0, 0);
        await device.RunAsync(BlockOperation.Write, 8192, 8192, Filled(2), durable: true);
        var medium = device.FailPower();

        Assert.False(medium.AsSpan(0, 8192).ContainsAnyExcept((byte)1));
        Assert.False(medium.AsSpan(8192, 8192).ContainsAnyExcept((byte)2));
        Assert.Equal(BlockStatus.Offline, await device.RunAsync(BlockOperation.Flush, 0, 0));
    }

    [Fact]
    public async Task UnflushedWrites_AreLostKeptAndTorn()
    {
        var (lost, kept, torn) = (0, 0, 0);
        for (var seed = 0; seed < 60; seed++)
        {
            await using var device = new PowerFailBlockDevice(8192, seed);
            await device.RunAsync(BlockOperation.Write, 0, 8192, Filled(1));
            var survived = device.FailPower().Count(b => b == 1);
            lost += survived == 0 ? 1 : 0;
            kept += survived == 8192 ? 1 : 0;
            torn += survived is > 0 and < 8192 ? 1 : 0;
            Assert.Equal(0, survived % 512);
        }

        Assert.True(lost > 5 && kept > 5 && torn > 5, $"lost {lost}, kept {kept}, torn {torn}");
    }

    [Fact]
    public async Task SameSeed_SameMedium()
    {
        async Task<byte[]> RunAsync()
        {
            await using var device = new PowerFailBlockDevice(65536, 99);
            for (var i = 0; i < 8; i++)
                await device.RunAsync(BlockOperation.Write, i * 4096, 8192, Filled((byte)(i + 1)));
            return device.FailPower();
        }

        Assert.Equal(await RunAsync(), await RunAsync());
    }
}
