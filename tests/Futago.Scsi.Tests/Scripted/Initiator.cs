using Futago.Blocks;
using Futago.Scsi.LogicalUnits;
using Futago.Scsi.Sense;
using Futago.Scsi.Transport;

namespace Futago.Scsi.Tests.Scripted;

/// <summary>A scripted I_T nexus: says what is on the wire and keeps what comes back.</summary>
internal sealed class Initiator
{
    private static long _nextNexusId;

    private readonly ScsiTarget _target;
    private readonly BlockBufferPool _pool = new(256L << 20);
    private uint _nextTag;

    public Initiator(ScsiTarget target, string name = "iqn.2026-01.test:a", object? identity = null)
    {
        _target = target;
        Nexus = new Nexus(Interlocked.Increment(ref _nextNexusId), name, $"{name},i,0x800000000001", target.Options.PortalGroupTag, identity);
        target.Open(Nexus);
    }

    public ScsiTarget Target => _target;

    public Nexus Nexus { get; }

    /// <summary>Buffers that commands of this nexus hold.</summary>
    public long RentedBytes
    {
        get
        {
            _pool.ReleaseAll();
            return _pool.AllocatedBytes;
        }
    }

    /// <summary>LUN that commands go to when none is named.</summary>
    public int Lun { get; set; }

    public Task<Outcome> SendAsync(byte[] cdb, byte[]? dataOut = null, int dataIn = 0, int? lun = null) =>
        Start(cdb, dataOut, dataIn, lun).Outcome;

    /// <summary>Sends a command and does not wait: gives its slot, tag included, and the outcome to come.</summary>
    public (ScriptedCommand Command, Task<Outcome> Outcome) Start(byte[] cdb, byte[]? dataOut = null, int dataIn = 0, int? lun = null,
        TaskAttribute attribute = TaskAttribute.Simple, bool outOfMemory = false)
    {
        var command = Prepare(cdb, dataOut, dataIn, lun, attribute);
        command.OutOfMemory = outOfMemory;
        var wanted = _target.Accept(command);
        if (wanted < 0)
            return (command, Task.FromResult(Outcome.Of(command)));
        return (command, ExecuteAsync(command, dataOut, wanted));
    }

    /// <summary>Accept alone: the command then stands where a transport gathers its data.</summary>
    public (ScriptedCommand Command, int Wanted) Accept(byte[] cdb, byte[]? dataOut = null, int dataIn = 0)
    {
        var command = Prepare(cdb, dataOut, dataIn, null, TaskAttribute.Simple);
        return (command, _target.Accept(command));
    }

    public Task<Outcome> ExecuteAsync(ScriptedCommand command, byte[]? dataOut, int wanted)
    {
        if (wanted > 0)
        {
            var buffer = _pool.TryRent(wanted)!;
            dataOut.AsSpan(0, wanted).CopyTo(buffer.GetSpan());
            command.DataOut = buffer;
            command.DataOutLength = wanted;
        }
        _target.Execute(command);
        return FinishAsync(command);
    }

    public Task<TaskManagementResponse> ManageAsync(TaskManagementFunction function, uint tag = 0, int? lun = null)
    {
        var completion = new TaskCompletionSource<TaskManagementResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
        _target.Manage(Nexus, function, LunAddress.Format(lun ?? Lun), tag, completion.SetResult);
        return completion.Task;
    }

    public void Close() => _target.Close(Nexus);

    /// <summary>Takes unit attentions until the logical unit says GOOD.</summary>
    public async Task<List<AdditionalSense>> TakeAttentionsAsync(int? lun = null)
    {
        var taken = new List<AdditionalSense>();
        while (await SendAsync(Cdb.TestUnitReady(), lun: lun) is { Key: SenseKey.UNIT_ATTENTION } outcome)
            taken.Add(outcome.Code);
        return taken;
    }

    private ScriptedCommand Prepare(byte[] cdb, byte[]? dataOut, int dataIn, int? lun, TaskAttribute attribute)
    {
        var padded = new byte[16];
        cdb.CopyTo(padded, 0);
        return new ScriptedCommand(_pool)
        {
            Nexus = Nexus,
            Tag = ++_nextTag,
            LunField = LunAddress.Format(lun ?? Lun),
            Attribute = attribute,
            Cdb = padded,
            ExpectedDataOut = dataOut?.Length ?? 0,
            ExpectedDataIn = dataIn,
        };
    }

    private async Task<Outcome> FinishAsync(ScriptedCommand command)
    {
        await command.Completion.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(1, command.CompletionCount);
        var outcome = Outcome.Of(command);
        if (command.DataIn is { } dataIn)
            _pool.Return(dataIn);
        if (command.DataOut is { } dataOut)
            _pool.Return(dataOut);
        return outcome;
    }
}
