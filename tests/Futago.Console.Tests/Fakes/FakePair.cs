using Futago.Console.Client.Pairing;
using Futago.Engine.Contracts.Link;

namespace Futago.Console.Tests.Fakes;

public sealed class FakePair : FakeService, IPair
{
    public static readonly PairView Alone = new(
        "node-a", Guid.Parse("eeeeeeee-0000-0000-0000-000000000001"), new string('a', 64), null, 7789, false, null,
        [new NodeAddress("10.77.0.1", "eth0", 1500), new NodeAddress("10.78.0.1", "eth1", 9000)], null, null);

    public static readonly PairView Paired = Alone with
    {
        LinkListening = true,
        Peer = new PeerView(
            "node-b", Guid.Parse("eeeeeeee-0000-0000-0000-000000000002"), Guid.Parse("eeeeeeee-0000-0000-0000-000000000003"), "10.78.0.2", 8443, null, 7789,
            new string('b', 64), new string('c', 64), Sample.Time, "admin", new PeerStatus(PeerState.Reachable, Sample.Time, null, "0.1.0", true, 12.5, 0.4)),
    };

    public PairView View { get; set; } = Alone;

    public bool PeerInformed { get; set; } = true;

    public Task<PairView> GetAsync(CancellationToken cancellation = default) => Task.FromResult(View);

    public Task<PairCode> CreateCodeAsync(CancellationToken cancellation = default)
    {
        Take("code");
        return Task.FromResult(new PairCode("7K3M-7K3M-7K3M-7K3M", Sample.Time.AddMinutes(10)));
    }

    public Task<PairView> JoinAsync(JoinRequest request, CancellationToken cancellation = default)
    {
        Take(request);
        return Task.FromResult(View = Paired);
    }

    public Task<PairView> UpdateAsync(UpdatePairRequest request, CancellationToken cancellation = default)
    {
        Take(request);
        return Task.FromResult(View = View with { ReplicationAddress = request.ReplicationAddress is "" ? null : request.ReplicationAddress, LinkPort = request.LinkPort ?? View.LinkPort });
    }

    public Task<PathTestResult> TestPathAsync(CancellationToken cancellation = default)
    {
        Take("test");
        return Task.FromResult(new PathTestResult("10.78.0.1:40000", "10.78.0.2:7789", 1000, 53.6, 84, 120.5, 400L << 20, 350L << 20, 1500));
    }

    public Task<UnpairResult> DeleteAsync(string confirm, CancellationToken cancellation = default)
    {
        Take(confirm);
        View = Alone;
        return Task.FromResult(new UnpairResult(PeerInformed));
    }
}
