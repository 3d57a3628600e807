using Futago.Iscsi.Pdu;
using Futago.Iscsi.Session;

namespace Futago.Iscsi.Observation;

/// <summary>
/// The PDUs of one session from now on, in memory, until its time or its room is used up. Only a session that is captured has one;
/// the others pay for a look at a field.
/// </summary>
internal sealed class SessionCapture
{
    private readonly Lock _gate = new();
    private readonly CaptureOptions _options;
    private readonly TimeProvider _time;
    private readonly PcapngWriter _writer;
    private readonly long _startedTicks;
    private readonly string _targetName;
    private readonly string _initiatorName;
    private readonly DateTimeOffset _startedAt;
    private DateTimeOffset? _endedAt;
    private bool _full;
    private long _packets;

    public SessionCapture(IscsiSession session, CaptureOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _startedAt = time.GetUtcNow();
        _startedTicks = time.GetTimestamp();
        SessionId = session.Id;
        (_targetName, _initiatorName) = (session.Target?.Name ?? "", session.InitiatorName);
        _writer = new PcapngWriter(
            $"Session {session.Id} of {session.InitiatorName} with {_targetName}, {(options.Payload ? "with payload" : "headers only")}, captured by Futago from {_startedAt:O}.");
    }

    public long SessionId { get; }

    /// <summary>Nothing is added any more.</summary>
    public bool IsOver
    {
        get
        {
            lock (_gate)
                return IsOverLocked();
        }
    }

    public CaptureStatus Status
    {
        get
        {
            lock (_gate)
            {
                var over = IsOverLocked();
                return new CaptureStatus(
                    SessionId, _initiatorName, _targetName, _startedAt, _endedAt ?? _startedAt + _options.Duration, !over, _full, _options.Payload, _packets, _writer.Length);
            }
        }
    }

    /// <param name="tags">Between whom it goes, from <see cref="PcapngWriter.TagsFor"/>.</param>
    /// <param name="header">BHS and AHS.</param>
    /// <param name="data">Data segment as far as it is at hand; kept only when it is protocol or payload was asked for.</param>
    public void Add(ReadOnlySpan<byte> tags, ReadOnlySpan<byte> header, ReadOnlySpan<byte> data, int dataBytes)
    {
        if (!_options.Payload && !IsProtocol((Opcode)(header[0] & Bhs.OpcodeMask)))
            data = [];
        lock (_gate)
        {
            if (IsOverLocked())
                return;
            if (_writer.Length + PcapngWriter.PacketOverhead + header.Length + data.Length > _options.MaximumBytes)
            {
                _full = true;
                _endedAt = _time.GetUtcNow();
                return;
            }
            _writer.Packet(_startedAt + _time.GetElapsedTime(_startedTicks), tags, header, data, header.Length + dataBytes);
            _packets++;
        }
    }

    public void Stop()
    {
        lock (_gate)
        {
            if (!IsOverLocked())
                _endedAt = _time.GetUtcNow();
        }
    }

    public byte[] ToFile()
    {
        lock (_gate)
            return _writer.ToArray();
    }

    private bool IsOverLocked()
    {
        if (_endedAt is null && _time.GetElapsedTime(_startedTicks) >= _options.Duration)
            _endedAt = _startedAt + _options.Duration;
        return _endedAt is not null;
    }

    /// <summary>PDUs whose data segment is the protocol's own: sense data, texts, the header of a rejected PDU.</summary>
    private static bool IsProtocol(Opcode opcode) => opcode is Opcode.SCSI_RESPONSE or Opcode.TEXT_REQUEST or Opcode.TEXT_RESPONSE or Opcode.REJECT or Opcode.ASYNC_MESSAGE;
}
