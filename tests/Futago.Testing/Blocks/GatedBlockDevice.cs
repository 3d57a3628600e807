using Futago.Blocks;

namespace Futago.Testing.Blocks;

/// <summary>
/// Holds requests back until the test lets them go, one by one and in any order: what is in flight, and when it ends, is the
/// test's decision.
/// </summary>
public sealed class GatedBlockDevice(IBlockDevice inner) : BlockDeviceDecorator(inner)
{
    private readonly object _gate = new();
    private readonly List<BlockRequest> _held = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiters = [];
    private bool _open;

    public int HeldCount
    {
        get
        {
            lock (_gate)
                return _held.Count;
        }
    }

    public override void Submit(BlockRequest request)
    {
        lock (_gate)
        {
            if (!_open)
            {
                _held.Add(request);
                foreach (var (count, reached) in _waiters)
                {
                    if (_held.Count >= count)
                        reached.TrySetResult();
                }
                return;
            }
        }
        Inner.Submit(request);
    }

    /// <summary>Ends when that many requests are held.</summary>
    public Task WhenHeldAsync(int count)
    {
        lock (_gate)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_held.Count >= count)
                reached.SetResult();
            else
                _waiters.Add((count, reached));
            return reached.Task;
        }
    }

    /// <summary>Passes on the held request at this place of the queue.</summary>
    public void Release(int index = 0)
    {
        BlockRequest request;
        lock (_gate)
        {
            request = _held[index];
            _held.RemoveAt(index);
        }
        Inner.Submit(request);
    }

    /// <summary>Lets everything through from now on.</summary>
    public void Open()
    {
        BlockRequest[] held;
        lock (_gate)
        {
            _open = true;
            held = [.. _held];
            _held.Clear();
        }
        foreach (var request in held)
            Inner.Submit(request);
    }
}
