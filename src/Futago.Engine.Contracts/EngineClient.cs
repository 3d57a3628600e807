using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Futago.Engine.Contracts.Events;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Link;
using Futago.Engine.Contracts.Node;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Engine.Contracts;

/// <summary>
/// Typed client of the engine's local API: HTTP/JSON on a unix socket. Every method throws <see cref="ProblemException"/> when
/// the engine refuses, and one with code <see cref="ProblemCodes.EngineUnreachable"/> when it is not running.
/// </summary>
public sealed partial class EngineClient : IDisposable
{
    private readonly ApiConnection _api;

    public EngineClient(string socketPath)
    {
        // Formatting a unit or allocating a large image takes its time; the caller's token is the limit.
        _api = new ApiConnection(
            new HttpClient(UnixSocketHandler.Create(socketPath))
            {
                BaseAddress = new Uri("http://engine/"),
                Timeout = Timeout.InfiniteTimeSpan,
                MaxResponseContentBufferSize = ApiConnection.MaxResponseBytes,
            },
            Unreachable);
    }

    public Task<NodeStatus> GetNodeAsync(CancellationToken cancellation = default) =>
        GetAsync<NodeStatus>("v1/node", cancellation);

    public Task<IReadOnlyList<UnitInfo>> ListUnitsAsync(CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<UnitInfo>>("v1/units", cancellation);

    public Task<UnitInfo> CreateImageAsync(CreateImageRequest request, CancellationToken cancellation = default) =>
        SendAsync<UnitInfo>(HttpMethod.Post, "v1/units/images", request, cancellation);

    /// <summary>Deletes an image file that carries no volume group. <paramref name="path"/> is its own confirmation.</summary>
    public Task DeleteImageAsync(string path, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Delete, $"v1/units/images?path={Uri.EscapeDataString(path)}", new DeleteRequest(path), cancellation);

    public Task<IReadOnlyList<GroupInfo>> ListGroupsAsync(CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<GroupInfo>>("v1/groups", cancellation);

    public Task<GroupInfo> CreateGroupAsync(CreateGroupRequest request, CancellationToken cancellation = default) =>
        SendAsync<GroupInfo>(HttpMethod.Post, "v1/groups", request, cancellation);

    public Task<GroupInfo> ImportGroupAsync(ImportGroupRequest request, CancellationToken cancellation = default) =>
        SendAsync<GroupInfo>(HttpMethod.Post, "v1/groups/import", request, cancellation);

    /// <summary>Takes the group offline and forgets it, leaving all data on the unit, so that it can be imported anywhere.</summary>
    public Task ExportGroupAsync(string group, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Post, $"v1/groups/{Escape(group)}/export", null, cancellation);

    /// <summary>Destroys the group with all its volumes.</summary>
    public Task DestroyGroupAsync(string group, DeleteRequest request, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Delete, $"v1/groups/{Escape(group)}", request, cancellation);

    public Task<IReadOnlyList<VolumeInfo>> ListVolumesAsync(CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<VolumeInfo>>("v1/volumes", cancellation);

    public Task<VolumeInfo> CreateVolumeAsync(string group, CreateVolumeRequest request, CancellationToken cancellation = default) =>
        SendAsync<VolumeInfo>(HttpMethod.Post, $"v1/volumes/{Escape(group)}", request, cancellation);

    public Task<VolumeInfo> UpdateVolumeAsync(string group, string name, UpdateVolumeRequest request, CancellationToken cancellation = default) =>
        SendAsync<VolumeInfo>(HttpMethod.Patch, $"v1/volumes/{Escape(group)}/{Escape(name)}", request, cancellation);

    public Task DeleteVolumeAsync(string group, string name, DeleteRequest request, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Delete, $"v1/volumes/{Escape(group)}/{Escape(name)}", request, cancellation);

    /// <summary>Files of a mounted NAS volume whose names end in <c>.iso</c>, by path; at most 500 of them.</summary>
    public Task<IReadOnlyList<IsoImageInfo>> ListIsoImagesAsync(string group, string name, CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<IsoImageInfo>>($"v1/volumes/{Escape(group)}/{Escape(name)}/iso-images", cancellation);

    /// <summary>Looks whether the file can be offered as a CD-ROM; refused when not, with the reason.</summary>
    public Task<IsoImageInfo> CheckIsoImageAsync(string group, string name, string path, CancellationToken cancellation = default) =>
        GetAsync<IsoImageInfo>($"v1/volumes/{Escape(group)}/{Escape(name)}/iso-images/check?path={Uri.EscapeDataString(path)}", cancellation);

    public Task<ApplyResult> ApplyConfigurationAsync(EngineConfiguration configuration, CancellationToken cancellation = default) =>
        SendAsync<ApplyResult>(HttpMethod.Put, "v1/configuration", configuration, cancellation);

    public Task<IReadOnlyList<TargetStatus>> ListTargetsAsync(CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<TargetStatus>>("v1/targets", cancellation);

    public Task<IReadOnlyList<SessionInfo>> ListSessionsAsync(CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<SessionInfo>>("v1/sessions", cancellation);

    /// <summary>Closes the session; the initiator may log in again at once.</summary>
    public Task CloseSessionAsync(long id, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Delete, $"v1/sessions/{id}", null, cancellation);

    public Task<IReadOnlyList<RefusedLogin>> ListRefusedLoginsAsync(CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<RefusedLogin>>("v1/refused-logins", cancellation);

    /// <summary>This node's end of the replication link, and who this node is on it.</summary>
    public Task<LinkStatus> GetLinkAsync(CancellationToken cancellation = default) =>
        GetAsync<LinkStatus>("v1/link", cancellation);

    /// <summary>Measures the way to the peer; takes about five seconds and uses the line fully meanwhile.</summary>
    public Task<PathTestResult> TestPathAsync(CancellationToken cancellation = default) =>
        SendAsync<PathTestResult>(HttpMethod.Post, "v1/link/path-test", null, cancellation);

    /// <summary>Up to 500 events with numbers above <paramref name="after"/>, oldest first.</summary>
    public Task<IReadOnlyList<EngineEvent>> ListEventsAsync(long after, CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<EngineEvent>>($"v1/events?after={after}", cancellation);

    /// <summary>The live status: everything once, then what changes, one JSON document per line, until the engine goes away.</summary>
    public async IAsyncEnumerable<StatusUpdate> StreamStatusAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "v1/status/stream");
        using var response = await _api.SendRawAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellation));
        while (true)
        {
            string? line;
            try
            {
                line = await reader.ReadLineAsync(cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(15), cancellation);
            }
            catch (Exception e) when (e is IOException or HttpRequestException or TimeoutException)
            {
                throw Unreachable(e);
            }
            if (line is null)
                yield break;
            if (JsonSerializer.Deserialize<StatusUpdate>(line, EngineJson.Options) is { } update)
                yield return update;
        }
    }

    public void Dispose() => _api.Dispose();

    private static string Escape(string segment) => ApiConnection.Escape(segment);

    private Task<T> GetAsync<T>(string path, CancellationToken cancellation) => _api.GetAsync<T>(path, cancellation);

    private Task SendAsync(HttpMethod method, string path, object? body, CancellationToken cancellation) =>
        _api.SendAsync(method, path, body, cancellation);

    private Task<T> SendAsync<T>(HttpMethod method, string path, object? body, CancellationToken cancellation) =>
        _api.SendAsync<T>(method, path, body, cancellation);

    private static ProblemException Unreachable(Exception cause)
    {
        var reason = UnixSocketHandler.Reason(cause);
        return new(
            new Problem(ProblemCodes.EngineUnreachable, $"The engine does not answer ({reason}). It is starting or has stopped; data on disk is not affected.", null,
                new Dictionary<string, string> { ["reason"] = reason }),
            (int)HttpStatusCode.ServiceUnavailable);
    }
}
