using Futago.Blocks;

namespace Futago.Replication;

/// <summary>Carrying out what the core asks for.</summary>
public sealed partial class ReplicatedVolume
{
    private readonly Dictionary<long, TaskCompletionSource<CommandResult>> _commands = [];
    private readonly HashSet<VolumeRequest> _outstanding = [];
    private readonly Queue<LocalIo> _awaitingBuffer = [];
    private bool _grantAsked;
    private long _lastCommand;

    private void Perform(IReadOnlyList<ReplicaEffect> effects)
    {
        // Submitting may complete at once, and completing may post: those events wait in the queue until this list is done.
        for (var i = 0; i < effects.Count; i++)
            Perform(effects[i]);
        StartAwaiting();
    }

    private void Perform(ReplicaEffect effect)
    {
        switch (effect)
        {
            case LocalIo io: StartLocal(io); break;
            case CommitMetadata commit: _metadataThread.Enqueue(commit); break;
            case Send send: SendFrame(send); break;
            case CloseLink close: CloseSession(close); break;
            case Complete done: CompleteRequest((VolumeRequest)done.Request, done.Status, (Payload?)done.Source); break;
            case Release release: ReleasePayload((Payload)release.Payload); break;
            case CommandDone done:
                if (_commands.Remove(done.Id, out var command))
                    command.SetResult(done.Result);
                break;
            case WantGrant: AskToGoOnAlone(); break;
            case StoreBlob blob: StoreBlob(blob); break;
            case NoteBehind note: NoteBehind(note); break;
            case KeepSnapshot keep: KeepSnapshot(keep.Id); break;
            case SizeChanged size: ChangeSize(size.SizeBytes); break;
            case Notice notice: Noticed?.Invoke(new ReplicationNotice(notice.Kind.ToString(), notice.Refusal.ToString(), notice.Number)); break;
        }
    }

    private void StartLocal(LocalIo io)
    {
        if (io.Kind is LocalIoKind.Digest || (io.Kind == LocalIoKind.Read && io.Payload is null))
        {
            _awaitingBuffer.Enqueue(io);
            return;
        }
        if (io is { Kind: LocalIoKind.Write, Payload: Payload { Owner: null } written })
            _stages.Add(WriteStage.Queueing, written.SubmittedAt);
        SubmitLocal(io, null);
    }

    /// <summary>What reads for the peer, as far as there is memory for it. Other volumes' memory comes back unseen, so that every event looks again.</summary>
    private void StartAwaiting()
    {
        while (_awaitingBuffer.TryPeek(out var io) && _options.CopyBuffers.TryRent((int)io.LengthBytes) is { } buffer)
        {
            _awaitingBuffer.Dequeue();
            SubmitLocal(io, new Payload(buffer, 0, (int)io.LengthBytes, _options.CopyBuffers));
        }
    }

    private void SubmitLocal(LocalIo io, Payload? rented) => _options.Device.Submit(new LocalRequest(this, io, rented, _options.Time.GetTimestamp()));

    private void CompleteRequest(VolumeRequest request, BlockStatus status, Payload? source)
    {
        _outstanding.Remove(request);
        if (source is not null && status == BlockStatus.Ok)
            source.Span.CopyTo(((Payload)request.Payload!).Span);
        if (request.Operation == BlockOperation.Write && status == BlockStatus.Ok)
        {
            _writes++;
            _writtenBytes += request.LengthBytes;
            _stages.Add(WriteStage.Whole, request.SubmittedAt);
        }
        request.Complete(status);
    }

    private void ReleasePayload(Payload payload)
    {
        payload.Release();
        _session?.BufferReturned();
    }

    private void ChangeSize(long sizeBytes)
    {
        if (Interlocked.Exchange(ref _sizeBytes, sizeBytes) < sizeBytes)
            Grown?.Invoke();
    }

    /// <summary>Waits a moment, in which most broken connections come back; then asks whoever has to be asked.</summary>
    private void AskToGoOnAlone()
    {
        if (_grantAsked)
            return;
        _grantAsked = true;
        _ = Task.Run(async () =>
        {
            try
            {
                await Task.Delay(_options.GoOnAloneAfter, _options.Time, _stopping.Token);
                while (await QueryAsync(core => core.IsPrimary && !core.IsGranted && core.CurrentMode == Mode.Hold))
                {
                    var term = await QueryAsync(core => core.Lineage.Term);
                    if (_options.AskToGoOnAlone is null || await _options.AskToGoOnAlone(term, _stopping.Token))
                    {
                        await CommandAsync(id => new Grant(id));
                        break;
                    }
                    await Task.Delay(_options.GoOnAloneAfter, _options.Time, _stopping.Token);
                }
            }
            catch (OperationCanceledException)
            {
                // The volume is being closed.
            }
            finally
            {
                Post((Action)(() => _grantAsked = false));
            }
        });
    }

    /// <summary>Not on the thread of the metadata: that may wait for the medium whose failure is to be noted.</summary>
    private void NoteBehind(NoteBehind note) => _ = Task.Run(() =>
    {
        var ok = false;
        try
        {
            if (note.Behind)
                _options.BehindNote.Make(note.Current.ToString(), note.Term);
            else
                _options.BehindNote.Remove();
            ok = true;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogNoteFailed(_options.Logger, _options.Name, e);
        }
        Post(new BehindNoted(note.Id, ok));
    });

    private void KeepSnapshot(long id) => _ = Task.Run(async () =>
    {
        var kept = false;
        try
        {
            kept = _options.KeepSnapshot is { } keep && await keep(_stopping.Token);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogSnapshotFailed(_options.Logger, _options.Name, e);
        }
        Post(new SnapshotKept(id, kept));
    });

    private Task<CommandResult> CommandAsync(Func<long, Command?> make)
    {
        var result = new TaskCompletionSource<CommandResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post((Action)(() =>
        {
            if (_closed)
            {
                result.SetResult(CommandResult.Busy);
                return;
            }
            if (make(Interlocked.Increment(ref _lastCommand)) is not { } command)
            {
                result.SetResult(CommandResult.LinkLost);
                return;
            }
            _commands.Add(command.Id, result);
            Perform(_core.Step(command));
        }));
        return result.Task;
    }

    /// <summary>Nothing answers any more: whoever waits is told so.</summary>
    private void AbandonRequests() => Post((Action)(() =>
    {
        foreach (var request in _outstanding)
            request.Complete(BlockStatus.Offline);
        _outstanding.Clear();
        foreach (var command in _commands.Values)
            command.TrySetResult(CommandResult.LinkLost);
        _commands.Clear();
    }));

    [Microsoft.Extensions.Logging.LoggerMessage(5004, Microsoft.Extensions.Logging.LogLevel.Error, "The note that the medium of {Name} is behind its peer's could not be written or removed")]
    private static partial void LogNoteFailed(Microsoft.Extensions.Logging.ILogger logger, string name, Exception exception);

    [Microsoft.Extensions.Logging.LoggerMessage(5002, Microsoft.Extensions.Logging.LogLevel.Error, "The present data of {Name} could not be kept as a snapshot")]
    private static partial void LogSnapshotFailed(Microsoft.Extensions.Logging.ILogger logger, string name, Exception exception);
}
