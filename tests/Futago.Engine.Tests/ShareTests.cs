using System.Diagnostics;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Shares;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Engine.Tests;

/// <summary>Shares of a real engine with a real smbd, used by a real smbclient.</summary>
public sealed class ShareTests
{
    private const string Password = "pass word 12";
    private const long GiB = 1L << 30;

    [Fact]
    public async Task Share_IsReadAndWrittenByItsUserAlone()
    {
        await using var engine = await WithNasAsync();
        await engine.Client.SetShareUserAsync("alice", new(Password));
        await engine.Client.SetShareUserAsync("bob", new(Password));

        var share = await engine.Client.CreateShareAsync(new("office", "vg00/nas0", "team/letters", Users: ["alice"]));
        await ServedAsync(engine);
        var source = Path.Combine(engine.Root, "source");
        await File.WriteAllTextAsync(source, "Dear all", TestContext.Current.CancellationToken);

        var put = await SmbAsync(engine, "alice", Password, "office", $"put {source} letter; mkdir sub");
        var got = await SmbAsync(engine, "alice", Password, "office", $"get letter {source}.back; ls");
        var wrong = await SmbAsync(engine, "alice", "wrong password", "office", "ls");
        var other = await SmbAsync(engine, "bob", Password, "office", "ls");
        var nobody = await SmbAsync(engine, null, null, "office", "ls");

        Assert.Equal((0, 0), (put.ExitCode, got.ExitCode));
        Assert.Equal("Dear all", await File.ReadAllTextAsync(source + ".back", TestContext.Current.CancellationToken));
        Assert.Contains("NT_STATUS_LOGON_FAILURE", wrong.Output, StringComparison.Ordinal);
        Assert.Contains("NT_STATUS_ACCESS_DENIED", other.Output, StringComparison.Ordinal);
        Assert.NotEqual(0, nobody.ExitCode);
        Assert.Equal("Dear all", await File.ReadAllTextAsync(Path.Combine(share.Directory!, "letter"), TestContext.Current.CancellationToken));
        Assert.EndsWith("/team/letters", share.Directory, StringComparison.Ordinal);
        Assert.Contains("share office", Assert.Single(await engine.Client.ListVolumesAsync()).UsedBy);
    }

    [Fact]
    public async Task Guests_AreLetInOnlyWhereTheyAreAllowed()
    {
        await using var engine = await WithNasAsync();
        await engine.Client.CreateShareAsync(new("closed", "vg00/nas0"));
        await engine.Client.CreateShareAsync(new("open", "vg00/nas0", "public", Guest: true));
        await ServedAsync(engine);

        var open = await SmbAsync(engine, null, null, "open", "mkdir made");
        var closed = await SmbAsync(engine, null, null, "closed", "ls");

        Assert.True(open.ExitCode == 0, open.Output);
        Assert.NotEqual(0, closed.ExitCode);
    }

    [Fact]
    public async Task ReadOnlyAndAllowedHosts_AreKept_AndTheSentinelIsHidden()
    {
        await using var engine = await WithNasAsync();
        await engine.Client.SetShareUserAsync("alice", new(Password));
        await engine.Client.CreateShareAsync(new("office", "vg00/nas0", AllowedHosts: ["127.0.0.0/8"]));
        await ServedAsync(engine);

        var writable = await SmbAsync(engine, "alice", Password, "office", "mkdir a");
        var listed = await SmbAsync(engine, "alice", Password, "office", "ls");
        await engine.Client.UpdateShareAsync("office", new(ReadOnly: true));
        var readOnly = await SmbAsync(engine, "alice", Password, "office", "mkdir b");
        await engine.Client.UpdateShareAsync("office", new(AllowedHosts: ["192.0.2.1"]));
        var elsewhere = await SmbAsync(engine, "alice", Password, "office", "ls");

        Assert.Equal(0, writable.ExitCode);
        Assert.DoesNotContain(".futago-volume", listed.Output, StringComparison.Ordinal);
        Assert.NotEqual(0, readOnly.ExitCode);
        Assert.NotEqual(0, elsewhere.ExitCode);
    }

    [Fact]
    public async Task SnapshotShare_ShowsTheOldFilesReadOnly()
    {
        await using var engine = await WithNasAsync();
        await engine.Client.SetShareUserAsync("alice", new(Password));
        await engine.Client.CreateShareAsync(new("office", "vg00/nas0"));
        await ServedAsync(engine);
        await SmbAsync(engine, "alice", Password, "office", "mkdir before");
        await engine.Client.CreateSnapshotAsync("vg00", "nas0", new("friday"));
        await SmbAsync(engine, "alice", Password, "office", "mkdir after");

        var share = await engine.Client.CreateShareAsync(new("friday", "vg00/nas0@friday"));
        await ServedAsync(engine);
        var listed = await SmbAsync(engine, "alice", Password, "friday", "ls");
        var written = await SmbAsync(engine, "alice", Password, "friday", "mkdir more");
        var deleted = await Assert.ThrowsAsync<ProblemException>(() => engine.Client.DeleteSnapshotAsync("vg00", "nas0", "friday", new("friday")));

        Assert.True(share.ReadOnly);
        Assert.Contains("before", listed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("after", listed.Output, StringComparison.Ordinal);
        Assert.NotEqual(0, written.ExitCode);
        Assert.Equal(ProblemCodes.SnapshotInUse, deleted.Problem.Code);
        await engine.Client.DeleteShareAsync("friday", new("friday"));
        await engine.Client.DeleteSnapshotAsync("vg00", "nas0", "friday", new("friday"));
    }

    [Fact]
    public async Task RollBack_OfASharedVolume_ServesTheOldFilesAgain()
    {
        await using var engine = await WithNasAsync();
        await engine.Client.SetShareUserAsync("alice", new(Password));
        await engine.Client.CreateShareAsync(new("office", "vg00/nas0"));
        await ServedAsync(engine);
        await SmbAsync(engine, "alice", Password, "office", "mkdir before");
        await engine.Client.CreateSnapshotAsync("vg00", "nas0", new("friday"));
        await SmbAsync(engine, "alice", Password, "office", "mkdir after");

        using var connected = Connect(engine, "alice", Password, "office");
        await ConnectedAsync(engine, 1);
        var refused = await Assert.ThrowsAsync<ProblemException>(() => engine.Client.RollBackAsync("vg00", "nas0", "friday", new("nas0")));
        await engine.Client.RollBackAsync("vg00", "nas0", "friday", new("nas0", WhileConnected: true));
        connected.Kill();
        await ServedAsync(engine);
        var listed = await SmbAsync(engine, "alice", Password, "office", "ls");

        Assert.Equal(ProblemCodes.VolumeConnected, refused.Problem.Code);
        Assert.Contains("alice", refused.Problem.Detail, StringComparison.Ordinal);
        Assert.Contains("before", listed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("after", listed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_AreShown()
    {
        await using var engine = await WithNasAsync();
        await engine.Client.SetShareUserAsync("alice", new(Password));
        await engine.Client.CreateShareAsync(new("office", "vg00/nas0"));
        await ServedAsync(engine);

        using var connected = Connect(engine, "alice", Password, "office");
        var connection = Assert.Single(await ConnectedAsync(engine, 1));
        connected.Kill();

        Assert.Equal(("office", "alice", "127.0.0.1"), (connection.Share, connection.User, connection.Address));
        Assert.StartsWith("SMB3", connection.Dialect, StringComparison.Ordinal);
        await ConnectedAsync(engine, 0);
    }

    [Fact]
    public async Task Daemon_ThatDies_IsStartedAgain_AndAKilledEngineLeavesNone()
    {
        await using var engine = await WithNasAsync();
        await engine.Client.SetShareUserAsync("alice", new(Password));
        await engine.Client.CreateShareAsync(new("office", "vg00/nas0"));
        await ServedAsync(engine);

        foreach (var pid in Daemons(engine))
            EngineUnderTest.Signal(pid, "KILL");
        await engine.WaitForEventAsync("smb.failed");
        await ServedAsync(engine);
        Assert.Equal(0, (await SmbAsync(engine, "alice", Password, "office", "ls")).ExitCode);

        await engine.KillAsync();
        await engine.StartAgainAsync();
        await ServedAsync(engine);
        Assert.Equal(0, (await SmbAsync(engine, "alice", Password, "office", "mkdir kept")).ExitCode);

        Assert.Equal(0, await engine.TerminateAsync());
        Assert.Empty(Daemons(engine));
        Assert.Empty(engine.Mounts);
    }

    [Fact]
    public async Task BadRequests_AreRefusedWithCodeFieldAndStatus()
    {
        await using var engine = await WithNasAsync();
        var client = engine.Client;
        await client.CreateVolumeAsync("vg00", new("lv0", VolumeType.Iscsi, 1 << 20));
        await client.SetShareUserAsync("alice", new(Password));
        await client.CreateShareAsync(new("office", "vg00/nas0", Users: ["alice"]));
        Directory.CreateSymbolicLink(Path.Combine((await client.ListVolumesAsync()).First(v => v.Name == "nas0").FileSystem!.MountPoint!, "link"), "/etc");

        await RefusedAsync(() => client.CreateShareAsync(new("OFFICE", "vg00/nas0")), ProblemCodes.NameTaken, "name", 409);
        foreach (var name in new[] { "", "a b", "a]\nguest ok = yes", "%U", "global", "homes", "../x", new string('a', 33) })
            await RefusedAsync(() => client.CreateShareAsync(new(name, "vg00/nas0")), ProblemCodes.NameInvalid, "name", 400);
        foreach (var folder in new[] { "..", "a/../b", "a//b", "a\nb", "%U", ".hidden", "a;b", "a\\", " a" })
            await RefusedAsync(() => client.CreateShareAsync(new("other", "vg00/nas0", folder)), ProblemCodes.ShareFolderInvalid, "folder", 400);
        await RefusedAsync(() => client.CreateShareAsync(new("other", "vg00/nas0", "link")), ProblemCodes.ShareFolderInvalid, "folder", 409);
        foreach (var host in new[] { "", "ALL", "10.0.0.1/8", "host", "1", "10.0.0.0/33", "fe80::1%lo", "10.0.0.1\n" + "x" })
            await RefusedAsync(() => client.CreateShareAsync(new("other", "vg00/nas0", AllowedHosts: [host])), ProblemCodes.ShareHostInvalid, "allowedHosts", 400);
        await RefusedAsync(() => client.CreateShareAsync(new("other", "vg00/nas0", Comment: "a\nguest ok = yes")), ProblemCodes.ShareCommentInvalid, "comment", 400);
        await RefusedAsync(() => client.CreateShareAsync(new("other", "vg00/nas0", Users: ["nobody"])), ProblemCodes.ShareUserNotFound, "users", 400);
        await RefusedAsync(() => client.CreateShareAsync(new("other", "vg00/lv0")), ProblemCodes.VolumeNotNas, "volume", 400);
        await RefusedAsync(() => client.CreateShareAsync(new("other", "vg00/absent")), ProblemCodes.VolumeNotFound, "volume", 404);
        await RefusedAsync(() => client.CreateShareAsync(new("other", "vg00/nas0@absent")), ProblemCodes.SnapshotNotFound, "volume", 404);
        await RefusedAsync(() => client.SetShareUserAsync("root", new(Password)), ProblemCodes.NameInvalid, "name", 400);
        await RefusedAsync(() => client.SetShareUserAsync("eve:x", new(Password)), ProblemCodes.NameInvalid, "name", 400);
        await RefusedAsync(() => client.SetShareUserAsync("eve", new("short")), ProblemCodes.SharePasswordInvalid, "password", 400);
        await RefusedAsync(() => client.SetShareUserAsync("eve", new("two\nlines of it")), ProblemCodes.SharePasswordInvalid, "password", 400);
        await RefusedAsync(() => client.DeleteShareUserAsync("eve"), ProblemCodes.ShareUserNotFound, null, 404);
        await RefusedAsync(() => client.DeleteShareUserAsync("alice"), ProblemCodes.ShareUserInUse, null, 409);
        await RefusedAsync(() => client.DeleteShareAsync("office", new("no")), ProblemCodes.ConfirmationMismatch, "confirm", 400);
        await RefusedAsync(() => client.DeleteVolumeAsync("vg00", "nas0", new("nas0")), ProblemCodes.VolumeInUse, null, 409);

        Assert.Equal("office", Assert.Single(await client.ListSharesAsync()).Name);
        Assert.Equal("alice", Assert.Single(await client.ListShareUsersAsync()).Name);
    }

    private static async Task<EngineUnderTest> WithNasAsync()
    {
        var engine = await EngineUnderTest.WithGroupAsync(2 * GiB);
        await engine.Client.CreateVolumeAsync("vg00", new("nas0", VolumeType.Nas, GiB / 2));
        return engine;
    }

    private static async Task ServedAsync(EngineUnderTest engine)
    {
        await engine.WaitForAsync(u => u.Shares is { Count: > 0 } shares && shares.All(s => s is { Directory: not null, Problem: null }) ? shares : null);
        await PollAsync(async () => (await engine.Client.GetSmbServiceAsync()).Running && await AcceptsAsync(engine));
    }

    private static async Task<bool> AcceptsAsync(EngineUnderTest engine)
    {
        using var probe = new System.Net.Sockets.TcpClient();
        try
        {
            await probe.ConnectAsync("127.0.0.1", engine.SmbPort);
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }

    private static async Task<IReadOnlyList<ShareConnectionInfo>> ConnectedAsync(EngineUnderTest engine, int count)
    {
        IReadOnlyList<ShareConnectionInfo> connections = [];
        await PollAsync(async () => (connections = await engine.Client.ListShareConnectionsAsync()).Count == count);
        return connections;
    }

    private static async Task PollAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(EngineUnderTest.Patience);
        while (!await condition())
            await Task.Delay(100, limit.Token);
    }

    private static async Task<(int ExitCode, string Output)> SmbAsync(EngineUnderTest engine, string? user, string? password, string share, string command)
    {
        using var process = Start(engine, user, password, share, ["-c", command]);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(EngineUnderTest.Patience);
        var said = await output + await error;
        // smbclient ends with 0 after some failed commands.
        return (process.ExitCode != 0 || said.Contains("NT_STATUS_", StringComparison.Ordinal) ? Math.Max(1, process.ExitCode) : 0, said);
    }

    /// <summary>A client that stays connected until it is killed: it waits for commands that do not come.</summary>
    private static Process Connect(EngineUnderTest engine, string user, string password, string share) => Start(engine, user, password, share, []);

    private static Process Start(EngineUnderTest engine, string? user, string? password, string share, IEnumerable<string> rest)
    {
        List<string> arguments = ["--configfile=/dev/null", "-p", engine.SmbPort.ToString(System.Globalization.CultureInfo.InvariantCulture)];
        if (user is null)
        {
            arguments.Add("-N");
        }
        else
        {
            var credentials = Path.Combine(engine.Root, $"credentials-{Guid.NewGuid():n}");
            File.WriteAllText(credentials, $"username={user}\npassword={password}\n");
            arguments.AddRange(["-A", credentials]);
        }
        return Process.Start(new ProcessStartInfo("smbclient", [.. arguments, $"//127.0.0.1/{share}", .. rest])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }

    private static List<int> Daemons(EngineUnderTest engine) =>
    [
        .. Directory.GetDirectories("/proc").Where(d => int.TryParse(Path.GetFileName(d), out _) && Reads(Path.Combine(d, "cmdline")).Contains($"--configfile={engine.SocketPath}", StringComparison.Ordinal))
            .Select(d => int.Parse(Path.GetFileName(d), System.Globalization.CultureInfo.InvariantCulture)),
    ];

    private static string Reads(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static async Task RefusedAsync(Func<Task> request, string code, string? field, int status)
    {
        var refused = await Assert.ThrowsAsync<ProblemException>(request);
        Assert.Equal((code, field, status), (refused.Problem.Code, refused.Problem.Field, refused.Status));
    }
}
