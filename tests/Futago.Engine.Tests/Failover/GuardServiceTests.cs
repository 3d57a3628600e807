using System.Diagnostics;
using Futago.Testing.Processes;

namespace Futago.Engine.Tests.Failover;

/// <summary>The real guard in a network namespace of its own, with a script in place of the engine: what the kernel then lets through, and for how long.</summary>
public sealed class GuardServiceTests : IAsyncLifetime
{
    private const string Order = """{"addresses":[{"address":"10.99.0.10","prefixLength":24,"nic":"eth0"},{"address":"fd99::10","prefixLength":64,"nic":"eth0"}],"ports":[3260],"killMs":2000}""";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _namespace = $"futago-guard-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..6]}";
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("futago-guard-");
    private Process? _guard;

    public async ValueTask InitializeAsync()
    {
        await Command.RunOkAsync("ip", "netns", "add", _namespace);
        await Command.RunOkAsync("ip", "-n", _namespace, "link", "add", "eth0", "type", "veth", "peer", "name", "eth1");
        await Command.RunOkAsync("ip", "-n", _namespace, "link", "set", "eth0", "up");
        await Command.RunOkAsync("ip", "-n", _namespace, "link", "set", "eth1", "up");
    }

    public async ValueTask DisposeAsync()
    {
        if (_guard is not null)
        {
            // The guard may just be starting an engine, which would hold its standard error open for as long as it sleeps.
            while ((await Command.RunAsync("ip", ["netns", "pids", _namespace])).Output.Trim().Length > 0)
                await SignalAllAsync("KILL");
            await _guard.WaitForExitAsync();
            _guard.Dispose();
        }
        await Command.RunAsync("ip", ["netns", "delete", _namespace]);
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task PermittedService_WithEngineAndGuardStandingStill_IsTakenAwayByTheKernel()
    {
        Start("permit 6000; order 1 Block; order 2 Add; order 3 Open; sleep 600");
        await WhenAsync(async () => await IsOpenAsync() && await HasAddressAsync());

        await SignalAllAsync("STOP");

        await WhenAsync(async () => !await IsOpenAsync() && !await HasAddressAsync());
        Assert.Contains("tcp dport 3260 drop", await FilterAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LapsedPermit_TakesTheServiceAwayAndEndsTheEngine()
    {
        Start("[ -e again ] && sleep 600; touch again; permit 2500; order 1 Block; order 2 Add; order 3 Open; while read -r answer; do echo \"$answer\" >>answers; done; sleep 600");

        await WhenAsync(() => Task.FromResult(Answers().Contains("cleared", StringComparison.Ordinal)));
        await WhenAsync(() => Task.FromResult(Log().Contains("ending it", StringComparison.Ordinal)));

        Assert.Equal(["done 1", "done 2", "done 3"], Answers().Split('\n').Take(3));
        Assert.False(await IsOpenAsync());
        Assert.False(await HasAddressAsync());
    }

    [Fact]
    public async Task EndedEngine_LeavesNothingToItsSuccessor()
    {
        Start("[ -e again ] && { ip -o addr show dev eth0 >seen; sleep 600; }; touch again; permit 8000; order 1 Block; order 2 Add; order 3 Open; sleep 1; kill -9 $$");

        await WhenAsync(() => Task.FromResult(File.Exists(Path.Combine(_directory.FullName, "seen"))));

        Assert.False(await IsOpenAsync());
        Assert.DoesNotContain("10.99.0.10", await File.ReadAllTextAsync(Path.Combine(_directory.FullName, "seen")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_WithoutPermit_IsRefused()
    {
        Start("order 1 Block; order 2 Add; order 3 Open; while read -r answer; do echo \"$answer\" >>answers; done; sleep 600");

        await WhenAsync(() => Task.FromResult(Answers().Contains("failed 3", StringComparison.Ordinal)));

        Assert.False(await IsOpenAsync());
    }

    [Fact]
    public async Task Permits_KeepTheServiceOpen_AndWithdrawalEndsItAtOnce()
    {
        Start("permit 5000; order 1 Block; order 2 Add; order 3 Open; while [ ! -e enough ]; do permit 5000; sleep 0.3; done; echo 'permit 0'; sleep 600");
        await WhenAsync(async () => await IsOpenAsync() && await HasAddressAsync());
        // Longer than any single permit, each of which lasts longer than a busy machine takes for the next.
        await Task.Delay(TimeSpan.FromSeconds(7));
        Assert.True(await IsOpenAsync());
        Assert.True(await HasAddressAsync());

        await File.WriteAllTextAsync(Path.Combine(_directory.FullName, "enough"), "");

        await WhenAsync(async () => !await IsOpenAsync() && !await HasAddressAsync());
        Assert.DoesNotContain("lapsed", Log(), StringComparison.Ordinal);
    }

    private void Start(string script)
    {
        var file = Path.Combine(_directory.FullName, "engine.sh");
        // /proc/uptime counts what CLOCK_BOOTTIME counts.
        File.WriteAllText(file, $$"""
            #!/bin/bash
            cd {{_directory.FullName}}
            now() { awk '{ printf "%d", $1 * 1000 }' /proc/uptime; }
            permit() { echo "permit $(($(now) + $1))"; }
            order() { echo "order $1 $2 {{Order.Replace("\"", "\\\"", StringComparison.Ordinal)}}"; }
            (while sleep 1; do echo alive; done) &
            trap 'kill %1' EXIT
            {{script}}
            """);
        var start = new ProcessStartInfo("ip") { RedirectStandardError = true };
        foreach (var argument in new[]
            { "netns", "exec", _namespace, "dotnet", Path.Combine(AppContext.BaseDirectory, "futago-guard.dll"), "--data", _directory.FullName, "--", "bash", file })
            start.ArgumentList.Add(argument);
        _guard = Process.Start(start)!;
        _guard.ErrorDataReceived += (_, line) => File.AppendAllText(Path.Combine(_directory.FullName, "log"), line.Data + "\n");
        _guard.BeginErrorReadLine();
    }

    private string Answers() => Read("answers");

    private string Log() => Read("log");

    private string Read(string name) => File.Exists(Path.Combine(_directory.FullName, name)) ? File.ReadAllText(Path.Combine(_directory.FullName, name)) : "";

    private async Task<string> FilterAsync() => (await Command.RunAsync("ip", ["netns", "exec", _namespace, "nft", "list", "ruleset"])).Output;

    private async Task<bool> IsOpenAsync() => (await FilterAsync()).Contains("elements", StringComparison.Ordinal);

    private async Task<bool> HasAddressAsync() =>
        (await Command.RunAsync("ip", ["-n", _namespace, "addr", "show", "dev", "eth0"])).Output is var shown
        && (shown.Contains("10.99.0.10", StringComparison.Ordinal) || shown.Contains("fd99::10", StringComparison.Ordinal));

    private async Task SignalAllAsync(string signal)
    {
        foreach (var pid in (await Command.RunAsync("ip", ["netns", "pids", _namespace])).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            await Command.RunAsync("kill", ["-" + signal, pid]);
    }

    private async Task WhenAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!await condition())
        {
            if (limit.IsCancellationRequested)
                throw new TimeoutException($"It did not come about.\n{Log()}\n{Answers()}\n{await FilterAsync()}");
            await Task.Delay(50, CancellationToken.None);
        }
    }
}
