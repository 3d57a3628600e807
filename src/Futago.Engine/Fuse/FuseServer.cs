using System.Runtime.InteropServices;
using System.Text;
using Futago.Blocks;

namespace Futago.Engine.Fuse;

/// <summary>
/// Offers a block device as the one file in a file system of its own, so that the kernel (a loop device) can use it: the other end of
/// <c>/dev/fuse</c>. Every READ, WRITE, FALLOCATE and FSYNC becomes one request to the device; nothing is cached here or, for this file, in
/// the kernel. FSYNC is answered when the device has flushed.
/// <para>
/// One thread takes requests from the kernel; they are answered by whatever thread ends them. A device request ends exactly once, and so
/// does a place. When the file system is unmounted, or the connection aborted, the thread waits for the last request and closes the connection.
/// When the process dies the kernel aborts the connection, and all that waits for an answer gets an error.
/// </para>
/// </summary>
internal sealed unsafe partial class FuseServer
{
    /// <summary>Requests under way. A loop device has 128; more than this at once gains nothing, and each may hold 1 MiB.</summary>
    public const int RequestsMaximum = 32;

    /// <summary>Name of the file.</summary>
    public const string FileName = "data";

    /// <summary>A request that only touches blocks in part has one of these besides: two blocks more than the largest request.</summary>
    private const int OddBufferBytes = 2 << 20;

    /// <summary>Names have 255 bytes at most (NAME_MAX); nothing else that is read is longer.</summary>
    private const int BodyBytesMaximum = 512;

    private readonly IBlockDevice _device;
    private readonly int _connection;
    private readonly ILogger _logger;
    private readonly string _name;
    private readonly BlockBufferPool _buffers = new((long)(RequestsMaximum + 4) * OddBufferBytes);
    private readonly object _places = new();
    private readonly Stack<FuseRequest> _free = new();
    private readonly List<FuseRequest> _all = [];
    private readonly WriteOrder<FuseRequest> _order = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _hasFailed;
    private int _busy;
    private long _answered;
    private bool _initialised;

    private FuseServer(int connection, IBlockDevice device, string name, ILogger logger)
    {
        _connection = connection;
        _device = device;
        _name = name;
        _logger = logger;
    }

    /// <summary>A write, flush or unmap ended in an error other than a lack of space: what the kernel thinks is on the device may not be.</summary>
    public bool HasFailed => _hasFailed;

    /// <summary>Requests that were answered so far: it goes on as long as this grows.</summary>
    public long Answered => Interlocked.Read(ref _answered);

    /// <summary>Completed when the connection is closed and no request is under way.</summary>
    public Task Ended => _ended.Task;

    /// <param name="connection">Descriptor of <c>/dev/fuse</c>, already mounted; the server closes it.</param>
    /// <param name="name">For logs.</param>
    public static FuseServer Start(int connection, IBlockDevice device, string name, ILogger logger)
    {
        var server = new FuseServer(connection, device, name, logger);
        new Thread(server.Run, 256 * 1024) { IsBackground = true, Name = $"fuse {name}" }.Start();
        return server;
    }

    private void Run()
    {
        FuseSystem.MarkAsWriteBack();
        while (true)
        {
            var request = TakePlace();
            var length = Receive(request);
            if (length < 0)
            {
                GivePlace(request);
                break;
            }
            Handle(request, length);
        }
        // Answers go to the descriptor until the last request has ended.
        lock (_places)
        {
            while (_busy > 0)
                Monitor.Wait(_places);
        }
        _ = FuseSystem.Close(_connection);
        foreach (var request in _all)
        {
            request.Free();
            _buffers.Return(request.Data);
        }
        _buffers.ReleaseAll();
        _ended.SetResult();
    }

    /// <returns>Length of the request in bytes; -1 when the file system is unmounted or the connection aborted.</returns>
    private int Receive(FuseRequest request)
    {
        var vectors = stackalloc FuseSystem.IoVector[2];
        vectors[0] = new FuseSystem.IoVector { Base = (nint)request.Head, Length = FuseRequest.HeadBytes };
        vectors[1] = new FuseSystem.IoVector { Base = request.Data.Address, Length = FuseWire.DataBytesMaximum };
        while (true)
        {
            var n = FuseSystem.ReadVector(_connection, vectors, 2);
            if (n >= FuseWire.InHeaderBytes)
                return (int)n;
            // ENOENT: the request was taken back before it was read.
            if (n < 0 && Marshal.GetLastPInvokeError() is FuseSystem.EINTR or FuseSystem.ENOENT or FuseSystem.EAGAIN)
                continue;
            if (n < 0 && Marshal.GetLastPInvokeError() != FuseSystem.ENODEV)
                LogConnection(_logger, _name, Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));
            return -1;
        }
    }

    private void Handle(FuseRequest request, int length)
    {
        var header = new ReadOnlySpan<byte>(request.Head, FuseWire.InHeaderBytes);
        var opcode = FuseWire.Opcode(header);
        request.Unique = FuseWire.Unique(header);
        request.WantedBytes = 0;
        // The two have no answer, and carry counts that mean nothing here: the nodes are fixed.
        if (opcode is FuseOpcode.Forget or FuseOpcode.BatchForget)
        {
            GivePlace(request);
            return;
        }
        if (FuseWire.Length(header) != length)
        {
            Answer(request, FuseSystem.EPROTO);
            return;
        }
        if (opcode == FuseOpcode.Write)
        {
            HandleWrite(request, length);
            return;
        }
        var bodyLength = length - FuseWire.InHeaderBytes;
        if (bodyLength > BodyBytesMaximum)
        {
            Answer(request, FuseSystem.EINVAL);
            return;
        }
        Span<byte> body = stackalloc byte[BodyBytesMaximum];
        var near = Math.Min(bodyLength, FuseRequest.HeadBytes - FuseWire.InHeaderBytes);
        new ReadOnlySpan<byte>(request.Head + FuseWire.InHeaderBytes, near).CopyTo(body);
        request.Data.Slice(0, bodyLength - near).CopyTo(body[near..]);
        Handle(request, opcode, FuseWire.Node(header), body[..bodyLength]);
    }

    private void Handle(FuseRequest request, FuseOpcode opcode, ulong node, ReadOnlySpan<byte> body)
    {
        Span<byte> answer = stackalloc byte[FuseWire.EntryOutBytes];
        switch (opcode)
        {
            case FuseOpcode.Init:
                HandleInit(request, body);
                break;
            case var _ when !_initialised:
                Answer(request, FuseSystem.EPROTO);
                break;
            case FuseOpcode.Lookup when node == FuseWire.RootNode:
                if (!body.TrimEnd((byte)0).SequenceEqual(Encoding.ASCII.GetBytes(FileName)))
                {
                    Answer(request, FuseSystem.ENOENT);
                    break;
                }
                FuseWire.WriteEntryOut(answer, _device.LengthBytes);
                Answer(request, answer[..FuseWire.EntryOutBytes]);
                break;
            case FuseOpcode.Getattr when node is FuseWire.RootNode or FuseWire.FileNode:
                FuseWire.WriteAttrOut(answer, (int)node, _device.LengthBytes);
                Answer(request, answer[..FuseWire.AttrOutBytes]);
                break;
            case FuseOpcode.Statfs:
                FuseWire.WriteStatfsOut(answer, _device.LengthBytes);
                Answer(request, answer[..FuseWire.StatfsOutBytes]);
                break;
            case FuseOpcode.Open when node == FuseWire.FileNode:
                FuseWire.WriteOpenOut(answer);
                Answer(request, answer[..FuseWire.OpenOutBytes]);
                break;
            case FuseOpcode.Read when node == FuseWire.FileNode && body.Length >= FuseWire.ReadInBytes:
                HandleRead(request, body);
                break;
            case FuseOpcode.Fallocate when node == FuseWire.FileNode && body.Length >= FuseWire.FallocateInBytes:
                HandleFallocate(request, body);
                break;
            case FuseOpcode.Fsync when node == FuseWire.FileNode:
                Submit(request, BlockOperation.Flush, 0, 0);
                break;
            // Closing promises nothing: what is to be durable is asked for with FSYNC.
            case FuseOpcode.Flush or FuseOpcode.Release or FuseOpcode.Destroy:
                Answer(request, 0);
                break;
            // Requests end by themselves; ENOSYS tells the kernel not to ask for less.
            case FuseOpcode.Interrupt:
            default:
                Answer(request, FuseSystem.ENOSYS);
                break;
        }
    }

    private void HandleInit(FuseRequest request, ReadOnlySpan<byte> body)
    {
        if (_initialised || body.Length < FuseWire.InitInBytes || FuseWire.InitMajor(body) != FuseWire.MajorVersion
            || FuseWire.InitMinor(body) < FuseWire.MinorVersionMinimum)
        {
            Answer(request, FuseSystem.EPROTO);
            return;
        }
        Span<byte> answer = stackalloc byte[FuseWire.InitOutBytes];
        // ASYNC_DIO: the loop device has many requests under way at once only with it.
        const uint wanted = FuseWire.FUSE_ASYNC_READ | FuseWire.FUSE_BIG_WRITES | FuseWire.FUSE_ASYNC_DIO | FuseWire.FUSE_MAX_PAGES;
        FuseWire.WriteInitOut(answer, FuseWire.InitFlags(body) & wanted, RequestsMaximum);
        _initialised = true;
        Answer(request, answer);
    }

    private FuseRequest TakePlace()
    {
        lock (_places)
        {
            while (_busy == RequestsMaximum)
                Monitor.Wait(_places);
            _busy++;
            if (_free.TryPop(out var free))
                return free;
        }
        var buffer = _buffers.TryRent(FuseWire.DataBytesMaximum) ?? throw new InvalidOperationException("The buffers of all places fit in the budget.");
        var request = new FuseRequest(this, buffer);
        _all.Add(request);
        return request;
    }

    private void GivePlace(FuseRequest request)
    {
        request.Buffer = null;
        lock (_places)
        {
            _free.Push(request);
            _busy--;
            Monitor.Pulse(_places);
        }
    }

    private void Answer(FuseRequest request, int errno) => Answer(request, errno, 0, 0);

    private void Answer(FuseRequest request, ReadOnlySpan<byte> body)
    {
        fixed (byte* pointer = body)
            Answer(request, 0, (nint)pointer, body.Length);
    }

    /// <summary>The one place where a request ends.</summary>
    private void Answer(FuseRequest request, int errno, nint body, int length)
    {
        Interlocked.Increment(ref _answered);
        var header = stackalloc byte[FuseWire.OutHeaderBytes];
        FuseWire.WriteOutHeader(new Span<byte>(header, FuseWire.OutHeaderBytes), FuseWire.OutHeaderBytes + length, errno, request.Unique);
        var vectors = stackalloc FuseSystem.IoVector[2];
        vectors[0] = new FuseSystem.IoVector { Base = (nint)header, Length = FuseWire.OutHeaderBytes };
        vectors[1] = new FuseSystem.IoVector { Base = body, Length = (nuint)length };
        while (FuseSystem.WriteVector(_connection, vectors, length > 0 ? 2 : 1) < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error == FuseSystem.EINTR)
                continue;
            // ENOENT, ENODEV: nobody waits for the answer any more.
            if (error is FuseSystem.ENOENT or FuseSystem.ENODEV)
                break;
            LogConnection(_logger, _name, Marshal.GetPInvokeErrorMessage(error));
            if (length == 0)
                break;
            // Whoever waits for the answer does not wait for ever.
            length = 0;
            FuseWire.WriteOutHeader(new Span<byte>(header, FuseWire.OutHeaderBytes), FuseWire.OutHeaderBytes, FuseSystem.EIO, request.Unique);
        }
        GivePlace(request);
    }

    [LoggerMessage(2422, LogLevel.Warning, "The kernel refused an exchange with the FUSE server of {Name}: {Reason}")]
    private static partial void LogConnection(ILogger logger, string name, string reason);
}
