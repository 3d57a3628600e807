using Futago.Testing.Nodes;
using Futago.Testing.Processes;

namespace Futago.Interop.Tests;

public sealed class TwinsTests
{
    [Fact]
    public async Task Twins_StartedAndStopped_ServeTheClientAndLeaveNoTrace()
    {
        const string Name = "iqn.2026-01.example.futago:twin";
        await using var twins = await Twins.StartAsync();
        await twins.CreateGroupsAsync("1GiB");
        foreach (var (node, address) in new[] { ("a", "10.77.0.1"), ("b", "10.77.0.2") })
        {
            await twins.CliAsync(node, "volume", "create", "vg00/lv0000", "--type", "iscsi", "--size", "128MiB");
            await twins.CliAsync(node, "target", "create", $"{Name}-{node}");
            await twins.CliAsync(node, "lun", "add", $"{Name}-{node}", "--volume", "vg00/lv0000", "--lun", "1");
            await twins.CliAsync(node, "access", "allow", $"{Name}-{node}", "--address", "10.77.0.3");
            await twins.CliAsync(node, "target", "start", $"{Name}-{node}");

            var listed = await Twins.ClientAsync("iscsi-ls", "-s", $"iscsi://{address}/");
            await Twins.ClientAsync("qemu-io", "-f", "raw", "-c", "write -P 0x11 0 1M", "-c", "read -P 0x11 0 1M", $"iscsi://{address}/{Name}-{node}/1");
            var console = await Command.RunAsync("curl", ["-ks", "-o", "/dev/null", "-w", "%{http_code}", $"{await twins.ConsoleUrlAsync(node)}sign-in"]);

            Assert.Contains($"Target:{Name}-{node}", listed, StringComparison.Ordinal);
            Assert.Equal("200", console.Output.Trim());
        }
        await Twins.ClientAsync("ping", "-c", "1", "-W", "2", "10.77.0.254");

        await twins.StopAsync();

        Assert.DoesNotContain("futago-", await Command.RunOkAsync("ip", "netns", "list"), StringComparison.Ordinal);
        Assert.DoesNotContain(twins.DataDirectory, await Command.RunOkAsync("losetup", "--list", "--output", "BACK-FILE"), StringComparison.Ordinal);
    }
}
