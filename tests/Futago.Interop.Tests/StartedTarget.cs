namespace Futago.Interop.Tests;

/// <summary>A started target for all tests of a class that leave it as it is.</summary>
public sealed class StartedTarget(NodeFixture fixture) : IAsyncLifetime
{
    public TestTarget Target { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Target = await fixture.CreateTargetAsync("64MiB");

    public ValueTask DisposeAsync() => Target?.DisposeAsync() ?? ValueTask.CompletedTask;
}
