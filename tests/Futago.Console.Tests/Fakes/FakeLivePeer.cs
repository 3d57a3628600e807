using Futago.Console.Client.Pairing;

namespace Futago.Console.Tests.Fakes;

public sealed class FakeLivePeer : ILivePeer
{
    public event Action? Changed;

    public string? Name { get; set; }

    public PeerStatus? Status { get; set; }

    public bool HasSubscribers => Changed is not null;

    public void Become(string? name, PeerStatus? status)
    {
        (Name, Status) = (name, status);
        Changed?.Invoke();
    }
}
