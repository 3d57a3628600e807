using Futago.Blocks;
using Futago.Volumes.Initialisation;

namespace Futago.Volumes.Tests;

public sealed class RangeGateTests
{
    [Fact]
    public async Task Hold_WithWriteInFlight_WaitsForIt()
    {
        var (gate, device) = Closed();
        gate.Submit(device, Write(0, 100));

        var held = gate.HoldAsync(50, 200);
        var before = held.IsCompleted;
        device.Complete(0);
        await held.WaitAsync(TimeSpan.FromSeconds(10));

        Assert.False(before);
    }

    [Fact]
    public void Write_IntoHeldRange_ReachesTheDeviceAfterRelease()
    {
        var (gate, device) = Closed();
        _ = gate.HoldAsync(0, 100);

        gate.Submit(device, Write(99, 10));
        gate.Submit(device, Write(100, 10));
        var whileHeld = device.Submitted.Select(r => r.OffsetBytes).ToArray();
        gate.Release();

        Assert.Equal([100], whileHeld);
        Assert.Equal([100, 99], device.Submitted.Select(r => r.OffsetBytes));
    }

    [Fact]
    public void Abandon_WithWriteWaiting_EndsItAsOffline()
    {
        var (gate, device) = Closed();
        _ = gate.HoldAsync(0, 100);
        var request = Write(0, 10);
        gate.Submit(device, request);

        gate.Abandon(device);

        Assert.Equal(BlockStatus.Offline, request.Status);
        Assert.Empty(device.Submitted);
    }

    [Fact]
    public void Completion_IsPassedOnOnceWithItsStatus()
    {
        var (gate, device) = Closed();
        var request = Write(0, 10);
        gate.Submit(device, request);

        device.Complete(0, BlockStatus.NoSpace);

        Assert.Equal((BlockStatus.NoSpace, 1), (request.Status, request.Completions));
    }

    private static (RangeGate Gate, HeldDevice Device) Closed()
    {
        var gate = new RangeGate();
        gate.Close();
        return (gate, new HeldDevice());
    }

    private static Request Write(long offset, long length) => new() { Operation = BlockOperation.Write, OffsetBytes = offset, LengthBytes = length };

    private sealed class Request : BlockRequest
    {
        public BlockStatus? Status { get; private set; }

        public int Completions { get; private set; }

        public override void OnCompleted(BlockStatus status)
        {
            Status = status;
            Completions++;
        }
    }

    /// <summary>Keeps what is submitted until the test completes it.</summary>
    private sealed class HeldDevice : IBlockDevice
    {
        public List<BlockRequest> Submitted { get; } = [];

        public long LengthBytes => 1 << 20;

        public int AlignmentBytes => 1;

        public int UnmapGranularityBytes => 0;

        public event Action? Grown
        {
            add { }
            remove { }
        }

        public void Submit(BlockRequest request) => Submitted.Add(request);

        public void Complete(int index, BlockStatus status = BlockStatus.Ok) => Submitted[index].OnCompleted(status);

        public long GetAllocation(long offsetBytes, out bool allocated)
        {
            allocated = true;
            return LengthBytes - offsetBytes;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
