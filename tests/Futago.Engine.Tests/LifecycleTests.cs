using Futago.Engine.Contracts.Volumes;

namespace Futago.Engine.Tests;

/// <summary>Starting, stopping and being killed.</summary>
public sealed class LifecycleTests
{
    [Fact]
    public async Task SecondEngine_OnTheSameDirectory_RefusesNamingTheFirst()
    {
        await using var engine = await EngineUnderTest.StartAsync();

        var (exitCode, error) = await EngineUnderTest.RunToEndAsync(
            "--data", engine.DataDirectory, "--socket", engine.Root + "/second.sock", "--mount-root", engine.MountRoot);

        Assert.Equal(1, exitCode);
        Assert.Contains($"process {engine.ProcessId}", error, StringComparison.Ordinal);
        Assert.Equal("node-a", (await ApplyAsync(engine)).Name);
    }

    [Fact]
    public async Task DataDirectory_ThatIsNotWritable_IsNamed()
    {
        var (exitCode, error) = await EngineUnderTest.RunToEndAsync("--data", "/proc/futago", "--socket", "/tmp/futago-never.sock", "--mount-root", "/tmp/futago-never");

        Assert.Equal(1, exitCode);
        Assert.Contains("/proc/futago", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CommandLine_WithSeveralErrors_NamesAllOfThem()
    {
        var (exitCode, error) = await EngineUnderTest.RunToEndAsync("--socket", "--surprise", "--data");

        Assert.Equal(2, exitCode);
        Assert.Contains("--mount-root is missing", error, StringComparison.Ordinal);
        Assert.Contains("--data needs a value", error, StringComparison.Ordinal);
        Assert.Contains("usage:", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SocketGroup_ThatDoesNotExist_IsNamed()
    {
        await using var engine = new EngineUnderTest();

        var (exitCode, error) = await EngineUnderTest.RunToEndAsync([.. engine.Arguments, "--socket-group", "no-such-group"]);

        Assert.Equal(1, exitCode);
        Assert.Contains("no-such-group", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Socket_IsForRootAndItsGroupOnly()
    {
        await using var engine = await EngineUnderTest.StartAsync();

        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite,
            File.GetUnixFileMode(engine.SocketPath));
    }

    [Fact]
    public async Task Terminate_WithEverythingOnline_LeavesNoMountLoopOrSocket()
    {
        await using var engine = await EngineUnderTest.WithGroupAsync();
        await engine.Client.CreateVolumeAsync("vg00", new(null, VolumeType.Iscsi, 100L << 20, IoType: IoType.File, InitialisationLimitBytesPerSecond: 1 << 20));

        var exitCode = await engine.TerminateAsync();

        Assert.Equal(0, exitCode);
        Assert.Empty(engine.Mounts);
        Assert.False(File.Exists(engine.SocketPath));
        Assert.DoesNotContain(Directory.GetDirectories("/sys/block", "loop*"), d => BackedBy(d, engine.ImagePath));
    }

    [Fact]
    public async Task Start_WithLeftoverSocketAndMount_ReplacesThem()
    {
        await using var engine = await EngineUnderTest.WithGroupAsync();
        await engine.KillAsync();
        Assert.True(File.Exists(engine.SocketPath));
        Assert.Single(engine.Mounts);

        await engine.StartAgainAsync();

        Assert.Equal(GroupState.Online, Assert.Single(await engine.Client.ListGroupsAsync()).State);
        Assert.Single(engine.Mounts);
    }

    private static async Task<Contracts.Node.NodeStatus> ApplyAsync(EngineUnderTest engine)
    {
        await engine.Client.ApplyConfigurationAsync(engine.Configuration(1));
        return await engine.Client.GetNodeAsync();
    }

    private static bool BackedBy(string device, string image)
    {
        try
        {
            return File.ReadAllText(Path.Combine(device, "loop/backing_file")).Trim() == image;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
