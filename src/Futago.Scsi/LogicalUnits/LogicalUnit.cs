using Futago.Blocks;
using Futago.Blocks.Atomic;
using Futago.Scsi.CdRom;
using Futago.Scsi.Copy;
using Futago.Scsi.Logs;
using Futago.Scsi.Mode;
using Futago.Scsi.Reservations;
using Futago.Scsi.Sanitize;
using Futago.Scsi.Sense;
using Futago.Scsi.TaskSets;
using Futago.Scsi.UnitAttentions;

namespace Futago.Scsi.LogicalUnits;

/// <summary>
/// A LUN: a block device as a SCSI disk, or a CD-ROM drive whose media are block devices. Keeps the state that initiators share (task
/// set, reservations, mode parameters, unit attentions, ejected medium). Belongs to one <see cref="ScsiTarget"/> at a time and does not own the device.
/// </summary>
public sealed class LogicalUnit
{
    /// <summary>Commands that may be in the task set at once; more get TASK SET FULL.</summary>
    private const int MaximumTasks = 1024;

    private static long _lastOrder;

    private readonly HashSet<long> _preventing = [];
    private volatile IBlockDevice? _device;
    private volatile int _mediumGeneration;
    private volatile bool _ejected;
    private volatile bool _thresholdReached;

    /// <exception cref="ArgumentException">An option is out of range, or does not fit the device.</exception>
    public LogicalUnit(LogicalUnitOptions options, IBlockDevice device, UnitFacilities? facilities = null)
    {
        options.Validate();
        if (device.LengthBytes < options.BlockSize)
            throw new ArgumentException("The device is smaller than one block", nameof(device));
        if (options.BlockSize % device.AlignmentBytes != 0)
            throw new ArgumentException($"Blocks of {options.BlockSize} bytes do not fit the device's alignment of {device.AlignmentBytes}", nameof(options));
        Options = options;
        _device = device;
        Kind = LogicalUnitKind.Disk;
        Model = DeviceModel.Of(Kind);
        AtomicWriter = facilities?.AtomicWriter;
        Mode = new ModeParameters(facilities?.Mode);
        Reservations = facilities?.Reservations ?? new ReservationTable(null);
        Sanitize = facilities?.Sanitize ?? new SanitizeState(null);
        Tasks = new TaskSet(MaximumTasks, Vulnerable.OnChange);
    }

    private LogicalUnit(LogicalUnitKind kind, LogicalUnitOptions? options = null)
    {
        Kind = kind;
        Model = DeviceModel.Of(kind);
        Mode = new ModeParameters();
        Reservations = new ReservationTable(null);
        Sanitize = new SanitizeState(null);
        Tasks = new TaskSet(MaximumTasks);
        Options = options ?? new LogicalUnitOptions(0, new LogicalUnitIdentity("0000000000000000", "-"), 512, true, false, false, false);
    }

    public LogicalUnitOptions Options { get; }

    public IBlockDevice Device => _device ?? throw new InvalidOperationException($"A {Kind} has no device");

    internal LogicalUnitKind Kind { get; }

    internal DeviceModel Model { get; }

    internal bool IsController => Kind == LogicalUnitKind.Controller;

    internal long LengthBytes => _device?.LengthBytes ?? 0;

    /// <summary>Capacity in logical blocks. A rest that fills no block is not offered.</summary>
    internal ulong BlockCount => (ulong)(LengthBytes / Options.BlockSize);

    internal TaskSet Tasks { get; }

    /// <summary>In which order holds on several units are taken.</summary>
    internal long Order { get; } = Interlocked.Increment(ref _lastOrder);

    /// <summary>Ranges that ROD tokens stand for.</summary>
    internal VulnerableRanges Vulnerable { get; } = new();

    internal UnitAttentionTable Attentions { get; } = new();

    internal ModeParameters Mode { get; }

    internal IAtomicWriter? AtomicWriter { get; }

    internal ReservationTable Reservations { get; }

    internal SanitizeState Sanitize { get; }

    internal bool IsWriteProtected => Options.ReadOnly || Mode.SoftwareWriteProtect;

    internal bool IsEjected => _ejected;

    /// <summary>Why there is no medium; null when there is one.</summary>
    internal AdditionalSense? NoMedium =>
        _ejected ? Model.Ejected : _device is EmptyDrive ? AdditionalSense.MEDIUM_NOT_PRESENT : null;

    /// <summary>Grows with every medium that an administrator puts in or takes out.</summary>
    internal int MediumGeneration => _mediumGeneration;

    internal MediumEvents MediumEvents { get; } = new();

    /// <summary>Why commands that need the data are refused; null when they are not.</summary>
    internal AdditionalSense? NotReady => (_device as IBlockReadiness)?.Readiness switch
    {
        BlockReadiness.Becoming => AdditionalSense.LOGICAL_UNIT_NOT_ACCESSIBLE_ASYMMETRIC_ACCESS_STATE_TRANSITION,
        BlockReadiness.Standby => AdditionalSense.LOGICAL_UNIT_NOT_ACCESSIBLE_TARGET_PORT_IN_STANDBY_STATE,
        _ => null,
    };

    internal bool IsRemovalPrevented
    {
        get
        {
            lock (_preventing)
                return _preventing.Count > 0;
        }
    }

    /// <summary>A CD-ROM drive after MMC-6, its sections cited from the last draft of MMC-5 (3c).</summary>
    /// <param name="medium">What is in it; null for nothing. Belongs to the caller, who closes it after it was taken out.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static LogicalUnit CreateCdRom(CdRomOptions options, IBlockDevice? medium)
    {
        options.Validate();
        return new LogicalUnit(LogicalUnitKind.CdRom, options.ToUnitOptions()) { _device = medium ?? EmptyDrive.Instance };
    }

    internal static LogicalUnit CreateController() => new(LogicalUnitKind.Controller);

    internal static LogicalUnit CreateAbsent() => new(LogicalUnitKind.Absent);

    internal void Attach()
    {
        if (_device is { } device)
            device.Grown += OnGrown;
        // RESERVE of SPC-2 belongs to a nexus and a unit that has not just come up.
        Reservations.Reset();
    }

    internal void Detach()
    {
        if (_device is { } device)
            device.Grown -= OnGrown;
        Vulnerable.RevokeAll();
    }

    internal void SetPrevention(long nexusId, bool prevent)
    {
        lock (_preventing)
        {
            if (prevent)
                _preventing.Add(nexusId);
            else
                _preventing.Remove(nexusId);
        }
    }

    /// <summary>Other nexuses are told that the medium may be another one after it was loaded, SBC-3 section 4.2.</summary>
    internal void SetEjected(bool ejected, long nexusId)
    {
        var changed = _ejected != ejected;
        _ejected = ejected;
        if (!changed)
            return;
        MediumEvents.Changed();
        if (NoMedium is null)
            Attentions.AddToAll(AdditionalSense.NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED, nexusId);
    }

    /// <summary>
    /// An administrator changes the medium of a CD-ROM drive, whatever initiators prevent. Commands on the old one end with TASK ABORTED; a
    /// new one is announced with 28/00 to every nexus.
    /// </summary>
    /// <param name="medium">Null to leave the drive empty.</param>
    /// <returns>Ends when no command uses the old medium; it can be closed then.</returns>
    public async Task ChangeMediumAsync(IBlockDevice? medium)
    {
        if (Kind != LogicalUnitKind.CdRom)
            throw new InvalidOperationException($"A {Kind} has no medium to change");
        _device = EmptyDrive.Instance;
        Interlocked.Increment(ref _mediumGeneration);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var wait = new AbortWait(_ => ended.SetResult());
        Tasks.Abort(_ => true, wait);
        wait.Release();
        await ended.Task;
        if (medium is not null)
        {
            _device = medium;
            _ejected = false;
            Attentions.AddToAll(AdditionalSense.NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED);
        }
        MediumEvents.Changed();
    }

    /// <summary>The state that a nexus held goes with it; persistent reservations stay.</summary>
    internal void ForgetNexus(long nexusId)
    {
        Attentions.Close(nexusId);
        MediumEvents.Forget(nexusId);
        SetPrevention(nexusId, false);
        Reservations.ReleaseLost(nexusId);
    }

    /// <summary>Logical unit reset, SAM-5 section 6.3.3; its tasks have been aborted by the caller.</summary>
    internal void Reset(AdditionalSense condition)
    {
        lock (_preventing)
            _preventing.Clear();
        Mode.Reset();
        Reservations.Reset();
        Attentions.AddToAll(condition);
    }

    /// <summary>
    /// Looks whether the space that a thin unit can still get has come down to its soft threshold, and tells every nexus once when it
    /// has (SBC-3 section 4.7.3.7). May wait for the medium; to be called now and then.
    /// </summary>
    public void CheckThreshold()
    {
        if (!Options.Thin || _device is not IBlockSpace shared || shared.GetSpace() is not { } space)
            return;
        var values = Mode.Current;
        var reached = values.ThresholdEnabled && space.AvailableBytes / LogPages.ThresholdSetBytes <= ModePages.ThresholdOf(this, values);
        if (reached && !_thresholdReached)
            Attentions.AddToAll(AdditionalSense.THIN_PROVISIONING_SOFT_THRESHOLD_REACHED);
        _thresholdReached = reached;
    }

    private void OnGrown() => Attentions.AddToAll(AdditionalSense.CAPACITY_DATA_HAS_CHANGED);
}
