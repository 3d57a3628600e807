using Futago.Console.Client.Network;

namespace Futago.Console.Tests.Fakes;

public sealed class FakeNicTraffic : INicTraffic
{
    public NicTraffic? Of(string nic) => nic == "eth0" ? new NicTraffic(nic, [1024, 2048], [512, 4096]) : null;
}
