using System.Net.Sockets;
using Futago.Engine.Contracts;
using Futago.Management.Engine;
using Futago.Management.Targets;
using Futago.Testing.Iscsi;

namespace Futago.Management.Tests.Targets;

public sealed class TargetViewsTests
{
    /// <summary>Targets, volumes and snapshots are asked for together: whoever opens the page waits for one time limit, not for three.</summary>
    [Fact]
    public async Task Build_EngineTakesConnectionsAndIsSilent_EndsAfterOneTimeLimit()
    {
        var directory = Directory.CreateTempSubdirectory("futago-silent-");
        var path = Path.Combine(directory.FullName, "engine.sock");
        using var silent = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        silent.Bind(new UnixDomainSocketEndPoint(path));
        silent.Listen();
        var time = new ManualTimeProvider();
        using var live = new LiveStatus(TimeProvider.System);
        var target = new Target { Name = "iqn.2026-01.example.futago:t0", CreatedAt = DateTimeOffset.UnixEpoch };

        var building = new TargetViews(new EngineClient(path), live, time).BuildAsync(target, TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(5));
        var view = await building.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Equal((target.Name, null), (view.Name, view.Status));
        directory.Delete(recursive: true);
    }
}
