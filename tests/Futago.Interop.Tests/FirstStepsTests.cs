using System.Globalization;
using Futago.Testing.Nodes;
using Futago.Testing.Processes;

namespace Futago.Interop.Tests;

/// <summary>The command lines that the README and scripts rely on, word for word, on a node of their own.</summary>
public sealed class FirstStepsTests
{
    [Fact]
    public async Task FirstSteps_FromBareNodeToInitiatorAndBack_Work()
    {
        await using var node = await FutagoNode.StartAsync();
        var image = Path.Combine(node.DataDirectory, "unit0.img");
        var secret = Path.Combine(node.DataDirectory, "secret");
        await File.WriteAllTextAsync(secret, "twelve-chars!\n");
        const string Name = "iqn.2026-01.example.futago:t0";

        await node.CliAsync("unit", "create-image", image, "--size", "4GiB");
        await node.CliAsync("group", "create", "vg00", "--unit", image);
        await node.CliAsync("volume", "create", "vg00/lv0000", "--type", "iscsi", "--size", "1GiB");
        await node.CliAsync("target", "create", Name);
        await node.CliAsync("lun", "add", Name, "--volume", "vg00/lv0000", "--lun", "1");
        await node.CliAsync("access", "allow", Name, "--address", "127.0.0.0/8");
        await node.CliAsync("target", "set", Name, "--chap-user", "u1", "--chap-secret-file", secret);
        await node.CliAsync("target", "start", Name);
        var url = string.Create(CultureInfo.InvariantCulture, $"iscsi://u1%twelve-chars!@127.0.0.1:{node.IscsiPort}/{Name}/1");
        await Command.RunOkAsync("qemu-io", "-f", "raw", "-c", "write -P 0x5a 0 1M", "-c", "flush", url);
        await node.CliAsync("volume", "expand", "vg00/lv0000", "--size", "2GiB");
        var capacity = await Command.RunOkAsync("iscsi-readcapacity16", url);
        await node.StopAsync();
        await node.StartAgainAsync();
        var again = await Command.RunOkAsync("qemu-io", "-f", "raw", "-c", "read -P 0x5a 0 1M", url);

        Assert.Contains("Total size:2147483648", capacity, StringComparison.Ordinal);
        Assert.DoesNotContain("Pattern verification failed", again, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_RunningNode_LeavesNoProcessMountOrLoopDevice()
    {
        var node = await FutagoNode.StartAsync();
        var image = Path.Combine(node.DataDirectory, "unit0.img");
        await using (node)
        {
            await node.CliAsync("unit", "create-image", image, "--size", "1GiB");
            await node.CliAsync("group", "create", "vg00", "--unit", image);
            await node.StopAsync();

            Assert.Empty(node.FindProcesses("futago-engine"));
            Assert.Empty(node.FindProcesses("futago-console"));
            Assert.Empty(node.FindProcesses("futago-guard"));
            Assert.Empty(node.FindProcesses("postgres"));
            Assert.DoesNotContain(image, await Command.RunOkAsync("losetup", "--list", "--output", "BACK-FILE"), StringComparison.Ordinal);
            Assert.DoesNotContain(node.Id, await File.ReadAllTextAsync("/proc/self/mountinfo"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Start_AfterEverythingWasKilled_FindsAllAgain()
    {
        await using var node = await FutagoNode.StartAsync();
        var image = Path.Combine(node.DataDirectory, "unit0.img");
        await node.CliAsync("unit", "create-image", image, "--size", "1GiB");
        await node.CliAsync("group", "create", "vg00", "--unit", image);
        await node.CliAsync("volume", "create", "vg00", "--type", "iscsi", "--size", "64MiB");

        // The supervisor last: it would start the others again.
        await Command.RunAsync("bash", ["-c", $"for f in /run/futago/{node.Id}/supervisor.pid; do kill -STOP $(cat $f); done"]);
        foreach (var part in new[] { "futago-guard", "futago-engine", "futago-console", "postgres" })
        {
            foreach (var pid in node.FindProcesses(part))
                await Command.RunAsync("kill", ["-KILL", pid.ToString(CultureInfo.InvariantCulture)]);
        }
        await Command.RunAsync("bash", ["-c", $"kill -KILL $(cat /run/futago/{node.Id}/supervisor.pid)"]);
        await node.StartAgainAsync();

        var volumes = await node.CliJsonAsync("volume", "list");
        Assert.Equal("lv0000", Assert.Single(volumes.EnumerateArray()).GetProperty("name").GetString());
    }

    [Fact]
    public async Task Start_SecondInstanceOnTheSameData_IsRefusedAndNamesIt()
    {
        await using var node = await FutagoNode.StartAsync();

        var second = await Command.RunAsync(Path.Combine(Checkout.Root, "run.sh"), ["--detach", "--data", node.DataDirectory]);

        Assert.Equal(1, second.ExitCode);
        Assert.Contains("already running", second.Error, StringComparison.Ordinal);
        Assert.Contains(node.DataDirectory, second.Error, StringComparison.Ordinal);
    }
}
