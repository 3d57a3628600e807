using Futago.Console.Client.Users;
using Futago.Management.Access;

namespace Futago.Management.Tests.Fakes;

internal sealed class FakeActor : ICurrentActor
{
    public Actor? Actor { get; set; } = new("tester", UserRole.Administrator);

    public ValueTask<Actor?> GetAsync() => ValueTask.FromResult(Actor);
}
