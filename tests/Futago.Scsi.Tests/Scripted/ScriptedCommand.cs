using Futago.Blocks;
using Futago.Scsi.Transport;

namespace Futago.Scsi.Tests.Scripted;

/// <summary>A command slot of the scripted transport.</summary>
internal sealed class ScriptedCommand(BlockBufferPool pool) : ScsiCommand
{
    private TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Completion => _completion.Task;

    public int CompletionCount { get; private set; }

    /// <summary>The transport's memory is used up: commands get no buffer for data-in.</summary>
    public bool OutOfMemory { get; set; }

    public override BlockBuffer? RentDataIn(int length) => OutOfMemory ? null : pool.TryRent(length);

    public override void OnCompleted()
    {
        CompletionCount++;
        _completion.SetResult();
    }

    public void Reuse()
    {
        ResetResponse();
        _completion = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        CompletionCount = 0;
    }
}
