using System.Net;
using Futago.Iscsi.Pdu;
using Futago.Iscsi.Session;

namespace Futago.Iscsi.Observation;

/// <summary>Where the PDUs of a connection are shown to the capture of its session, when there is one.</summary>
internal sealed class ConnectionTap(IscsiSession session, IPEndPoint local, IPEndPoint remote)
{
    private byte[]? _header;
    private byte[]? _sentTags;
    private byte[]? _receivedTags;
    private int _headerBytes;

    /// <summary>Null nearly always.</summary>
    public SessionCapture? Capture => session.Capture;

    public void Sent(SessionCapture capture, ReadOnlySpan<byte> header, ReadOnlySpan<byte> data) =>
        capture.Add(_sentTags ??= PcapngWriter.TagsFor(local, remote), header, data, data.Length);

    public void Received(SessionCapture capture, ReadOnlySpan<byte> header, ReadOnlySpan<byte> data) =>
        capture.Add(_receivedTags ??= PcapngWriter.TagsFor(remote, local), header, data, data.Length);

    /// <summary>The header is in, its data goes elsewhere: <see cref="End"/> writes both.</summary>
    public void Begin(ReadOnlySpan<byte> header)
    {
        header.CopyTo(_header ??= new byte[Bhs.Length + Bhs.MaximumAhsBytes]);
        _headerBytes = header.Length;
    }

    /// <param name="data">What was kept of the data; nothing when it was thrown away.</param>
    public void End(ReadOnlySpan<byte> data, int dataBytes)
    {
        if (_headerBytes > 0 && Capture is { } capture)
            capture.Add(_receivedTags ??= PcapngWriter.TagsFor(remote, local), _header.AsSpan(0, _headerBytes), data, dataBytes);
        _headerBytes = 0;
    }
}
