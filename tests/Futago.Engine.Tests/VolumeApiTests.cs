using System.Net.Sockets;
using System.Text;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Engine.Tests;

/// <summary>The typed client against a real engine: what the console does all day, and what it must be refused.</summary>
public sealed class VolumeApiTests
{
    private const long MiB = 1L << 20;
    private const long GiB = 1L << 30;

    [Fact]
    public async Task WholeLife_OfUnitGroupAndVolume_WorksThroughTheClient()
    {
        await using var engine = await EngineUnderTest.StartAsync();
        var client = engine.Client;

        var unit = await client.CreateImageAsync(new CreateImageRequest(engine.ImagePath, GiB));
        var group = await client.CreateGroupAsync(new CreateGroupRequest(null, unit.Path));
        var volume = await client.CreateVolumeAsync(group.Name, new CreateVolumeRequest(null, VolumeType.Iscsi, 100 * MiB));
        var changed = await client.UpdateVolumeAsync("vg00", "lv0000", new UpdateVolumeRequest("data", 200 * MiB));
        var listed = await client.ListVolumesAsync();
        await client.DeleteVolumeAsync("vg00", "data", new DeleteRequest("data"));
        await client.ExportGroupAsync("vg00");
        var exported = Assert.Single(await client.ListUnitsAsync(), u => u.Path == unit.Path);
        await client.ImportGroupAsync(new ImportGroupRequest(unit.Path, "vg07"));
        await client.DestroyGroupAsync("vg07", new DeleteRequest("vg07"));
        await client.DeleteImageAsync(unit.Path);

        Assert.Equal(("vg00", GroupState.Online, GiB), (group.Name, group.State, group.SizeBytes));
        var space = group.Space;
        Assert.Equal(GiB, space.Volumes + space.Snapshots + space.Replication + space.Swap + space.System + space.Free);
        Assert.Equal(("vg00/lv0000", 100 * MiB, VolumeState.Online, IoType.Block), (volume.Path, volume.SizeBytes, volume.State, volume.IoType));
        Assert.Equal((volume.Id, "vg00/data", 200 * MiB), (changed.Id, changed.Path, changed.SizeBytes));
        Assert.Equal(volume.Id, Assert.Single(listed).Id);
        Assert.Equal((UnitUse.Importable, "vg00"), (exported.Use, exported.Group));
        Assert.Empty(await client.ListGroupsAsync());
        Assert.False(File.Exists(unit.Path));
        Assert.Equal(
            [
                "engine.started", "unit.image-created", "group.created", "volume.created", "volume.expanded", "volume.renamed", "volume.deleted",
                "group.exported", "group.imported", "group.destroyed", "unit.image-deleted",
            ],
            (await client.ListEventsAsync(0)).Select(e => e.Code));
    }

    [Fact]
    public async Task BadRequests_AreRefusedWithCodeFieldAndStatus()
    {
        await using var engine = await EngineUnderTest.WithGroupAsync();
        var client = engine.Client;
        await client.CreateVolumeAsync("vg00", new CreateVolumeRequest("taken", VolumeType.Iscsi, MiB));

        await RefusedAsync(() => client.CreateImageAsync(new("relative.img", GiB)), ProblemCodes.UnitPathInvalid, "path", 400);
        await RefusedAsync(() => client.CreateImageAsync(new(engine.ImagePath, GiB)), ProblemCodes.UnitExists, "path", 409);
        await RefusedAsync(() => client.CreateImageAsync(new(engine.Root + "/x.img", 0)), ProblemCodes.SizeInvalid, "sizeBytes", 400);
        await RefusedAsync(() => client.CreateImageAsync(new(engine.Root + "/x.img", long.MaxValue)), ProblemCodes.UnitDiskFull, "sizeBytes", 409);
        await RefusedAsync(() => client.CreateGroupAsync(new("vg00", engine.ImagePath)), ProblemCodes.NameTaken, "name", 409);
        await RefusedAsync(() => client.CreateGroupAsync(new("vg01", engine.ImagePath)), ProblemCodes.UnitInUse, "unitPath", 409);
        await RefusedAsync(() => client.CreateGroupAsync(new("vg01", "/dev/absent")), ProblemCodes.UnitNotFound, null, 404);
        await RefusedAsync(() => client.DestroyGroupAsync("vg00", new("no")), ProblemCodes.ConfirmationMismatch, "confirm", 400);
        await RefusedAsync(() => client.ExportGroupAsync("vg9"), ProblemCodes.GroupNotFound, null, 404);
        await RefusedAsync(() => client.CreateVolumeAsync("vg00", new(null, VolumeType.Fc, GiB)), ProblemCodes.VolumeTypeUnsupported, "type", 400);
        await RefusedAsync(() => client.CreateVolumeAsync("vg00", new(null, VolumeType.Iscsi, -1)), ProblemCodes.SizeInvalid, "sizeBytes", 400);
        await RefusedAsync(() => client.CreateVolumeAsync("vg00", new(null, VolumeType.Iscsi, 5 * GiB)), ProblemCodes.SizeTooLarge, "sizeBytes", 409);
        await RefusedAsync(() => client.CreateVolumeAsync("vg00", new("taken", VolumeType.Iscsi, MiB)), ProblemCodes.NameTaken, "name", 409);
        await RefusedAsync(() => client.CreateVolumeAsync("vg00", new("..", VolumeType.Iscsi, MiB)), ProblemCodes.NameInvalid, "name", 400);
        await RefusedAsync(() => client.UpdateVolumeAsync("vg00", "absent", new()), ProblemCodes.VolumeNotFound, null, 404);
        await RefusedAsync(() => client.DeleteVolumeAsync("vg00", "taken", new("")), ProblemCodes.ConfirmationMismatch, "confirm", 400);
        await RefusedAsync(() => client.CloseSessionAsync(99), ProblemCodes.SessionNotFound, null, 404);

        Assert.Equal("taken", Assert.Single(await client.ListVolumesAsync()).Name);
    }

    [Theory]
    [InlineData("POST /v1/volumes/vg00", """{"type":"iscsi","sizeBytes":"many"}""", 400)]
    [InlineData("POST /v1/volumes/vg00", """{"type":"iscsi","sizeBytes":99999999999999999999}""", 400)]
    [InlineData("POST /v1/volumes/vg00", """{"type":7,"sizeBytes":1}""", 400)]
    [InlineData("POST /v1/groups", "not json", 400)]
    [InlineData("POST /v1/groups", "{}", 400)]
    [InlineData("PUT /v1/configuration", "{}", 400)]
    [InlineData("GET /v1/nonsense", "", 404)]
    [InlineData("GET /v1/events?after=x", "", 400)]
    public async Task MalformedRequest_IsAnsweredWithProblem(string request, string body, int status)
    {
        await using var engine = await EngineUnderTest.StartAsync();
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(engine.SocketPath));

        await socket.SendAsync(Encoding.UTF8.GetBytes(
            $"{request} HTTP/1.1\r\nHost: engine\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"));
        using var reader = new StreamReader(new NetworkStream(socket));
        var answer = await reader.ReadToEndAsync().WaitAsync(EngineUnderTest.Patience);

        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("internal", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StatusStream_BeginsWithEverythingAndGoesOnWithChanges()
    {
        await using var engine = await EngineUnderTest.WithGroupAsync();
        using var limit = new CancellationTokenSource(EngineUnderTest.Patience);
        await using var stream = engine.Client.StreamStatusAsync(limit.Token).GetAsyncEnumerator(limit.Token);

        await stream.MoveNextAsync();
        var first = stream.Current;
        await engine.Client.CreateVolumeAsync("vg00", new CreateVolumeRequest(null, VolumeType.Iscsi, MiB));
        do
            await stream.MoveNextAsync();
        while (stream.Current.Volumes is null);

        Assert.NotNull(first.Node);
        Assert.NotNull(first.Units);
        Assert.NotNull(first.Targets);
        Assert.NotNull(first.RefusedLogins);
        Assert.Equal(("vg00", 0), (Assert.Single(first.Groups!).Name, first.Volumes!.Count));
        Assert.Equal("lv0000", Assert.Single(stream.Current.Volumes!).Name);
        Assert.Null(stream.Current.RefusedLogins);
    }

    private static async Task RefusedAsync(Func<Task> request, string code, string? field, int status)
    {
        var refused = await Assert.ThrowsAsync<ProblemException>(request);

        Assert.Equal((code, field, status), (refused.Problem.Code, refused.Problem.Field, refused.Status));
    }
}
