using System.Diagnostics;
using System.Globalization;

namespace Futago.Console.Tests.Startup;

/// <summary>The life of the private PostgreSQL cluster, with real processes.</summary>
public sealed class PrivateClusterTests
{
    [Fact]
    public async Task Cluster_AfterEveryKindOfEnd_IsThereAgain()
    {
        await using var console = await ConsoleProcess.CreateAsync();

        console.Start();
        await console.WaitUntilReadyAsync();
        var first = console.ServerId();
        Assert.Contains(first, console.Servers());

        // The console is killed: the server lives on, and the next console takes it over.
        await console.KillAsync();
        Assert.Contains(first, console.Servers());
        console.Start();
        await console.WaitForAsync(string.Create(CultureInfo.InvariantCulture, $"running already as process {first}"));
        await console.WaitUntilReadyAsync();
        Assert.Equal(first, console.ServerId());

        // The server is killed: the console starts another one on the same data.
        using (var server = Process.GetProcessById(first))
            server.Kill();
        await console.WaitUntilReadyAsync();
        var second = console.ServerId();
        Assert.NotEqual(first, second);

        // An orderly stop leaves no server.
        Assert.Equal(0, await console.StopAsync());
        Assert.Empty(console.Servers());
        Assert.False(File.Exists(console.PidFile));

        // A pid file that names some other process, as after a power failure, does not keep the server from starting.
        await File.WriteAllTextAsync(console.PidFile, $"{Environment.ProcessId}\n/elsewhere\n", TestContext.Current.CancellationToken);
        console.Start();
        await console.WaitUntilReadyAsync();
        Assert.NotEqual(Environment.ProcessId, console.ServerId());
        Assert.Equal(0, await console.StopAsync());

        // Data of a newer version is refused, and left as it is.
        await File.WriteAllTextAsync(console.VersionFile, "99\n", TestContext.Current.CancellationToken);
        console.Start();
        await console.WaitForAsync("was written by PostgreSQL 99");
        Assert.Equal(1, await console.WaitForExitAsync());
        Assert.Equal("99\n", await File.ReadAllTextAsync(console.VersionFile, TestContext.Current.CancellationToken));
        Assert.Empty(console.Servers());
    }
}
