using System.Net;
using System.Net.Sockets;
using Futago.DataReplication.Agent;
using Futago.DataReplication.Client;
using Futago.DataReplication.Protocol;
using Futago.DataReplication.Settling;
using Futago.Testing.Processes;

namespace Futago.DataReplication.Tests;

public sealed class AgentTests
{
    private static readonly AgentClient Client = new(TimeProvider.System);

    [Fact]
    public async Task Browse_WithTheRightPassword_ListsOnlyTheSharesOfThatUser()
    {
        await using var bench = await RunBench.StartAsync();
        bench.Agent.AddShare("other", bench.Destination, user: "somebody");
        bench.Agent.AddShare("third", bench.Destination, password: "another password");

        var answer = await Client.BrowseAsync(bench.Agent.Address(), CancellationToken.None);

        Assert.Equal(["office"], answer.Shares.Select(s => s.Name));
        Assert.True(answer.Shares[0].FreeBytes > 0);
        Assert.Equal(bench.Agent.Server.State.Fingerprint, answer.Fingerprint);
        Assert.InRange(answer.ClockDifference, TimeSpan.FromMinutes(-1), TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData("repl", "wrong password")]
    [InlineData("nobody", AgentUnderTest.Password)]
    public async Task Browse_WithoutTheRightPassword_IsDeniedWithoutAName(string user, string password)
    {
        await using var bench = await RunBench.StartAsync();

        var refusal = await Assert.ThrowsAsync<AgentException>(() => Client.BrowseAsync(bench.Agent.Address(user, password), CancellationToken.None));

        Assert.Equal(AgentFailure.Denied, refusal.Failure);
        Assert.DoesNotContain("office", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Browse_FromAnAddressThatIsNotAllowed_IsDenied()
    {
        await using var bench = await RunBench.StartAsync();
        bench.Agent.Shares[0] = bench.Agent.Shares[0] with { Allowed = [IPNetwork.Parse("10.77.0.0/24")] };

        var refusal = await Assert.ThrowsAsync<AgentException>(() => Client.BrowseAsync(bench.Agent.Address(), CancellationToken.None));

        Assert.Equal(AgentFailure.Denied, refusal.Failure);
    }

    [Fact]
    public async Task Browse_AfterTenWrongPasswords_IsDeniedEvenWithTheRightOne()
    {
        await using var bench = await RunBench.StartAsync();
        for (var i = 0; i < 10; i++)
            await Assert.ThrowsAsync<AgentException>(() => Client.BrowseAsync(bench.Agent.Address(password: "wrong password"), CancellationToken.None));

        var refusal = await Assert.ThrowsAsync<AgentException>(() => Client.BrowseAsync(bench.Agent.Address(), CancellationToken.None));

        Assert.Equal(AgentFailure.Denied, refusal.Failure);
    }

    [Fact]
    public async Task Browse_WithAnotherPinnedCertificate_IsRefusedBeforeAnythingIsSaid()
    {
        await using var bench = await RunBench.StartAsync();

        var refusal = await Assert.ThrowsAsync<AgentException>(() => Client.BrowseAsync(bench.Agent.Address(fingerprint: new string('0', 64)), CancellationToken.None));

        Assert.Equal(AgentFailure.CertificateChanged, refusal.Failure);
    }

    /// <summary>Somebody in between who has no password passes the messages on, with a certificate of his own.</summary>
    [Fact]
    public async Task Browse_ThroughAnImpostorWhoPassesItOn_FailsOnBothSides()
    {
        await using var bench = await RunBench.StartAsync();
        using var certificate = AgentCertificate.LoadOrCreate(bench.Volumes.PathOf("impostor.pem"), TimeProvider.System);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var impostor = RelayAsync(listener, certificate, bench.Agent.Port);

        var refusal = await Assert.ThrowsAsync<AgentException>(() =>
            Client.BrowseAsync(bench.Agent.Address() with { Port = ((IPEndPoint)listener.LocalEndpoint).Port }, CancellationToken.None));
        await impostor;

        Assert.Equal(AgentFailure.Denied, refusal.Failure);
    }

    [Fact]
    public async Task Browse_WhereNothingListens_SaysWhatToCheck()
    {
        await using var bench = await RunBench.StartAsync();
        await bench.Agent.Server.ApplyAsync(null);

        var refusal = await Assert.ThrowsAsync<AgentException>(() => Client.BrowseAsync(bench.Agent.Address(), CancellationToken.None));

        Assert.Equal(AgentFailure.Unreachable, refusal.Failure);
        Assert.Contains("agent is enabled", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Browse_OfThePlainPort_SaysThatItIsNotTheTlsPort()
    {
        await using var bench = await RunBench.StartAsync();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answer = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            await client.GetStream().WriteAsync("@RSYNCD: 32.0 sha512\n"u8.ToArray());
        });

        var refusal = await Assert.ThrowsAsync<AgentException>(() =>
            Client.BrowseAsync(bench.Agent.Address() with { Port = ((IPEndPoint)listener.LocalEndpoint).Port }, CancellationToken.None));
        await answer;

        Assert.True(refusal.Failure is AgentFailure.Protocol or AgentFailure.Unreachable, refusal.Message);
    }

    [Theory]
    [InlineData(-1, "task")]
    [InlineData(1001, "task")]
    [InlineData(1, null)]
    [InlineData(1, "")]
    public async Task Finish_ThatIsMalformed_IsRefused(int keep, string? owner)
    {
        await using var bench = await RunBench.StartAsync();

        var refusal = await Assert.ThrowsAsync<AgentException>(() => Client.FinishAsync(bench.Agent.Address(), "office", owner, keep, CancellationToken.None));

        Assert.Equal(AgentFailure.Failed, refusal.Failure);
    }

    [Fact]
    public async Task Finish_OfACopyThatCouldNotBeMadeDurable_SaysSo()
    {
        await using var bench = await RunBench.StartAsync();
        await File.WriteAllTextAsync(UnsettledCopies.MarkerOf(bench.DestinationRoot, ""), "left behind");

        var refusal = await Assert.ThrowsAsync<AgentException>(() => Client.FinishAsync(bench.Agent.Address(), "office", null, 0, CancellationToken.None));

        Assert.Equal(AgentFailure.NotDurable, refusal.Failure);
        Assert.Empty(bench.Volumes.SnapshotsOf(bench.Destination));
    }

    /// <summary>One from before agents settled copies: rsync has to make each file durable.</summary>
    [Fact]
    public void Reply_OfAnOlderAgent_DoesNotSettle()
    {
        var reply = System.Text.Json.JsonSerializer.Deserialize<AgentReply>("""{"proof":"x","rsyncVersion":"3.2.7"}""", ReplicationJson.Options)!;

        Assert.NotEqual(true, reply.Settles);
        Assert.Contains("--fsync", RunBench.Options.ToArguments(true, false, syncsFiles: true, false));
        Assert.DoesNotContain("--fsync", RunBench.Options.ToArguments(true, false, syncsFiles: false, false));
    }

    [Fact]
    public async Task Open_OfAnUnknownShare_NamesIt()
    {
        await using var bench = await RunBench.StartAsync();

        var refusal = await Assert.ThrowsAsync<AgentException>(() => Client.OpenAsync(bench.Agent.Address(), "nowhere", CancellationToken.None));

        Assert.Equal(AgentFailure.ShareUnknown, refusal.Failure);
        Assert.Contains("nowhere", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PlainPort_ToAnyRsyncThatKnowsThePassword_OffersTheModuleButNoList()
    {
        await using var bench = await RunBench.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(bench.SourceRoot, "file"), "content");
        var url = $"rsync://repl@127.0.0.1:{bench.Agent.PlainPort}";

        var list = await Command.RunAsync("rsync", [url + "/"], input: "");
        var copy = await Command.RunAsync("rsync", ["-a", "--password-file=-", Path.Combine(bench.SourceRoot, "file"), url + "/office/"], input: AgentUnderTest.Password + "\n");
        var wrong = await Command.RunAsync("rsync", ["-a", "--password-file=-", Path.Combine(bench.SourceRoot, "file"), url + "/office/"], input: "wrong password\n");

        Assert.DoesNotContain("office", list.Output, StringComparison.Ordinal);
        Assert.True(copy.ExitCode == 0, copy.Error);
        Assert.Equal(5, wrong.ExitCode);
        Assert.Equal("content", await File.ReadAllTextAsync(Path.Combine(bench.DestinationRoot, "file")));
    }

    /// <summary>What the options of a hostile source could be for: each is refused, and nothing is written outside the share.</summary>
    [Theory]
    [InlineData("--keep-dirlinks")]
    [InlineData("--backup-dir=/tmp")]
    [InlineData("--temp-dir=/tmp")]
    [InlineData("--link-dest=/etc")]
    [InlineData("--copy-dest=/etc")]
    [InlineData("--log-file=/tmp/futago-log")]
    [InlineData("--inplace")]
    [InlineData("--delete-excluded")]
    public async Task Daemon_GivenAnOptionThatCouldLeaveTheShare_Refuses(string option)
    {
        await using var bench = await RunBench.StartAsync();
        var url = $"rsync://repl@127.0.0.1:{bench.Agent.PlainPort}/office/";
        await File.WriteAllTextAsync(Path.Combine(bench.SourceRoot, "file"), "content");

        // --remote-option goes to the daemon whatever the client makes of it.
        var run = await Command.RunAsync("rsync", ["-a", "--delete", "--password-file=-", $"--remote-option={option}", bench.SourceRoot + "/", url], input: AgentUnderTest.Password + "\n");

        Assert.True(run.ExitCode != 0, run.Output);
        Assert.Empty(Directory.EnumerateFiles(bench.DestinationRoot, "file"));
    }

    [Fact]
    public async Task Daemon_WithASymbolicLinkInTheShare_DoesNotFollowItOut()
    {
        await using var bench = await RunBench.StartAsync();
        var outside = bench.Volumes.PathOf("outside");
        Directory.CreateDirectory(outside);
        File.CreateSymbolicLink(Path.Combine(bench.DestinationRoot, "dir"), outside);
        Directory.CreateDirectory(Path.Combine(bench.SourceRoot, "dir"));
        await File.WriteAllTextAsync(Path.Combine(bench.SourceRoot, "dir", "file"), "content");
        var url = $"rsync://repl@127.0.0.1:{bench.Agent.PlainPort}/office";

        await Command.RunAsync("rsync", ["-rt", "--password-file=-", bench.SourceRoot + "/dir/", url + "/dir/"], input: AgentUnderTest.Password + "\n");
        await Command.RunAsync("rsync", ["-rt", "--password-file=-", Path.Combine(bench.SourceRoot, "dir", "file"), url + "/../../outside/"], input: AgentUnderTest.Password + "\n");

        Assert.Empty(Directory.EnumerateFileSystemEntries(outside));
    }

    [Fact]
    public async Task Share_WhoseFolderIsASymbolicLink_IsNotOffered()
    {
        await using var bench = await RunBench.StartAsync();
        File.CreateSymbolicLink(Path.Combine(bench.DestinationRoot, "folder"), "/etc");
        bench.Agent.Shares[0] = bench.Agent.Shares[0] with { Folder = "folder" };

        var answer = await Client.BrowseAsync(bench.Agent.Address(), CancellationToken.None);
        var refusal = await Assert.ThrowsAsync<AgentException>(() => Client.OpenAsync(bench.Agent.Address(), "office", CancellationToken.None));

        Assert.NotNull(answer.Shares[0].Problem);
        Assert.Equal(AgentFailure.ShareUnavailable, refusal.Failure);
    }

    [Fact]
    public async Task Agent_FedWithGarbage_StaysUp()
    {
        await using var bench = await RunBench.StartAsync();
        const int Seed = 42;
        Random random = new(Seed);
        for (var i = 0; i < 30; i++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, bench.Agent.Port);
            var garbage = new byte[random.Next(1, 4000)];
            random.NextBytes(garbage);
            try
            {
                await client.GetStream().WriteAsync(garbage);
            }
            catch (IOException)
            {
                // It has hung up already.
            }
        }

        var answer = await Client.BrowseAsync(bench.Agent.Address(), CancellationToken.None);

        Assert.Single(answer.Shares);
    }

    private static async Task RelayAsync(TcpListener listener, System.Security.Cryptography.X509Certificates.X509Certificate2 certificate, int agentPort)
    {
        using var victim = await listener.AcceptTcpClientAsync();
        using var real = new TcpClient();
        await real.ConnectAsync(IPAddress.Loopback, agentPort);
        await using var inner = new System.Net.Security.SslStream(victim.GetStream());
        await inner.AuthenticateAsServerAsync(certificate);
        await using var outer = new System.Net.Security.SslStream(real.GetStream(), false, (_, shown, _, _) => shown is not null);
        await outer.AuthenticateAsClientAsync("agent");
        await Task.WhenAny(inner.CopyToAsync(outer), outer.CopyToAsync(inner));
    }
}
