using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Futago.Blocks.Native;

/// <summary>
/// An io_uring for reads, with an event that wakes its thread. After <see cref="Enable"/> only the thread that called that may use it,
/// except for <see cref="Wake"/>. Positions are masked into the rings, whose sizes the kernel has given; addresses to read into come
/// from range-checked requests.
/// </summary>
internal sealed unsafe class IoRing : IDisposable
{
    /// <summary>User data of the poll for the event; reads have other values.</summary>
    public const ulong WakeTag = ulong.MaxValue;

    private readonly SafeFileHandle _ring;
    private readonly SafeFileHandle _event;
    private readonly nint _rings;
    private readonly nuint _ringsLength;
    private readonly nint _submissions;
    private readonly nuint _submissionsLength;
    private readonly RingCalls.Parameters _parameters;
    private readonly uint _submissionMask;
    private readonly uint _completionMask;
    private uint _tail;
    private uint _toSubmit;

    private IoRing(SafeFileHandle ring, SafeFileHandle wake, in RingCalls.Parameters parameters, nint rings, nuint ringsLength, nint submissions, nuint submissionsLength)
    {
        (_ring, _event, _parameters) = (ring, wake, parameters);
        (_rings, _ringsLength, _submissions, _submissionsLength) = (rings, ringsLength, submissions, submissionsLength);
        _submissionMask = *At(parameters.SubmissionMask);
        _completionMask = *At(parameters.CompletionMask);
        _tail = *At(parameters.SubmissionTail);
    }

    /// <summary>Null when the kernel has no io_uring, too old a one, or does not let this process have it.</summary>
    /// <param name="entries">Submissions that fit, a power of two.</param>
    public static IoRing? TryCreate(int entries)
    {
        // One thread does everything, and completions come when it asks for them, not by interrupting it (Linux 6.1).
        var parameters = new RingCalls.Parameters
        {
            Flags = RingCalls.IORING_SETUP_R_DISABLED | RingCalls.IORING_SETUP_SINGLE_ISSUER | RingCalls.IORING_SETUP_DEFER_TASKRUN,
        };
        var descriptor = RingCalls.Setup(RingCalls.SetupNumber, entries, &parameters);
        if (descriptor < 0)
            return null;
        var ring = new SafeFileHandle(descriptor, ownsHandle: true);
        var wake = new SafeFileHandle(RingCalls.EventFd(0, RingCalls.EFD_NONBLOCK_CLOEXEC), ownsHandle: true);
        var wanted = RingCalls.IORING_FEAT_SINGLE_MMAP | RingCalls.IORING_FEAT_NODROP;
        if (!wake.IsInvalid && (parameters.Features & wanted) == wanted && TryMap(ring, wake, parameters) is { } created)
            return created;
        wake.Dispose();
        ring.Dispose();
        return null;
    }

    private static IoRing? TryMap(SafeFileHandle ring, SafeFileHandle wake, in RingCalls.Parameters parameters)
    {
        var ringsLength = (nuint)Math.Max(
            parameters.SubmissionArray + (parameters.SubmissionEntries * sizeof(uint)),
            parameters.Completions + (parameters.CompletionEntries * sizeof(RingCalls.Completion)));
        var submissionsLength = (nuint)(parameters.SubmissionEntries * sizeof(RingCalls.Submission));
        var rings = RingCalls.Map(0, ringsLength, RingCalls.PROT_READ_WRITE, RingCalls.MAP_SHARED_POPULATE, ring, RingCalls.IORING_OFF_SQ_RING);
        if (rings == -1)
            return null;
        var submissions = RingCalls.Map(0, submissionsLength, RingCalls.PROT_READ_WRITE, RingCalls.MAP_SHARED_POPULATE, ring, RingCalls.IORING_OFF_SQES);
        if (submissions != -1)
            return new IoRing(ring, wake, parameters, rings, ringsLength, submissions, submissionsLength);
        _ = RingCalls.Unmap(rings, ringsLength);
        return null;
    }

    /// <summary>The calling thread is the one that uses the ring from now on.</summary>
    public bool Enable() => RingCalls.Register(RingCalls.RegisterNumber, _ring, (nint)RingCalls.IORING_REGISTER_ENABLE_RINGS, 0, 0) == 0;

    /// <summary>Prepares a read; the caller keeps the number of unsubmitted ones below the size of the ring.</summary>
    public void PrepareRead(int descriptor, long offset, nint address, int length, ulong tag)
    {
        ref var submission = ref Next();
        submission = new RingCalls.Submission
        {
            Operation = RingCalls.IORING_OP_READ,
            Descriptor = descriptor,
            Offset = offset,
            Address = address,
            Length = length,
            UserData = tag,
        };
    }

    /// <summary>Prepares one completion with <see cref="WakeTag"/> for when <see cref="Wake"/> has been called.</summary>
    public void PrepareWake()
    {
        ref var submission = ref Next();
        submission = new RingCalls.Submission
        {
            Operation = RingCalls.IORING_OP_POLL_ADD,
            Descriptor = (int)_event.DangerousGetHandle(),
            OperationFlags = RingCalls.POLLIN,
            UserData = WakeTag,
        };
    }

    /// <summary>Hands over what was prepared and waits for at least one completion. An errno, or 0.</summary>
    public int SubmitAndWait()
    {
        Volatile.Write(ref *At(_parameters.SubmissionTail), _tail);
        var submitted = RingCalls.Enter(RingCalls.EnterNumber, _ring, (nint)_toSubmit, 1, (nint)RingCalls.IORING_ENTER_GETEVENTS, 0, 0);
        if (submitted < 0)
            return Marshal.GetLastPInvokeError();
        _toSubmit -= (uint)submitted;
        return 0;
    }

    public bool TryTakeCompletion(out ulong tag, out int result)
    {
        var head = *At(_parameters.CompletionHead);
        if (head == Volatile.Read(ref *At(_parameters.CompletionTail)))
        {
            (tag, result) = (0, 0);
            return false;
        }
        var completions = (RingCalls.Completion*)(_rings + (nint)_parameters.Completions);
        (tag, result) = (completions[head & _completionMask].UserData, completions[head & _completionMask].Result);
        Volatile.Write(ref *At(_parameters.CompletionHead), head + 1);
        return true;
    }

    /// <summary>Any thread, also after <see cref="Dispose"/>.</summary>
    public void Wake()
    {
        ulong one = 1;
        try
        {
            _ = RingCalls.Write(_event, &one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // Who is to be woken has left.
        }
    }

    /// <summary>Before the next <see cref="PrepareWake"/>.</summary>
    public void ResetWake()
    {
        ulong count;
        _ = RingCalls.Read(_event, &count, sizeof(ulong));
    }

    /// <summary>To be called when no read is on its way.</summary>
    public void Dispose()
    {
        _ring.Dispose();
        _ = RingCalls.Unmap(_submissions, _submissionsLength);
        _ = RingCalls.Unmap(_rings, _ringsLength);
        _event.Dispose();
    }

    private ref RingCalls.Submission Next()
    {
        var index = _tail & _submissionMask;
        At(_parameters.SubmissionArray)[index] = index;
        _tail++;
        _toSubmit++;
        return ref ((RingCalls.Submission*)_submissions)[index];
    }

    private uint* At(uint offset) => (uint*)(_rings + (nint)offset);
}
