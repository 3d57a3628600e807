namespace Futago.Iscsi.Tests;

/// <summary>A bug in the SCSI layer costs the session, never the process, and keeps nobody waiting.</summary>
public sealed class FaultTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Execute_Throws_SessionEndsAndTargetCanBeRemoved()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();
        server.Scsi.Fault = new InvalidOperationException("a bug");

        initiator.Send(initiator.Read(1, 0, 8));

        Assert.True(initiator.IsClosedByTarget());
        server.WaitClosed();
        await server.Server.RemoveTargetAsync(ServerUnderTest.TargetName).WaitAsync(_patience);
        AssertLogged(server, "a bug");
    }

    [Fact]
    public async Task Execute_ThrowsButTheCommandComesBackLater_IsIgnored()
    {
        await using var server = new ServerUnderTest();
        using var other = server.LogIn();
        using var initiator = server.Connect();
        initiator.Isid = [0x80, 0, 0, 2, 0, 0];
        initiator.LoginNormal(ServerUnderTest.TargetName);
        server.Scsi.Fault = new InvalidOperationException("a bug");
        server.Scsi.HoldExecution = true;
        server.Scsi.HoldsBeforeFault = true;

        initiator.Send(initiator.Write(1, 0, 1, new byte[512]));
        server.WaitClosed();
        server.Scsi.Fault = null;
        server.Scsi.Release(1);
        server.Scsi.HoldExecution = false;
        other.Send(other.Read(1, 0, 1));

        Assert.Equal(512, other.Collect(1).Data.Length);
        AssertLogged(server, "a bug");
    }

    [Fact]
    public async Task Completion_Throws_SessionEndsAndTheCallerGoesOn()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();
        server.Scsi.HoldExecution = true;
        initiator.Send(initiator.Read(1, 0, 8));
        ServerUnderTest.WaitFor(() => server.Scsi.HeldCount == 1);
        server.Scsi.HoldExecution = false;

        // More data than its buffer has: sending it fails on the thread that completes the command.
        server.Scsi.Release(1, after: command => command.DataInLength = int.MaxValue);

        Assert.True(initiator.IsClosedByTarget());
        server.WaitClosed();
        await server.Server.RemoveTargetAsync(ServerUnderTest.TargetName).WaitAsync(_patience);
        Assert.NotEmpty(server.Errors);
        server.Errors.Clear();
    }

    [Fact]
    public async Task Close_Throws_SessionEndsAllTheSame()
    {
        await using var server = new ServerUnderTest();
        using (server.LogIn())
            server.Scsi.CloseFault = new InvalidOperationException("a bug");

        server.WaitClosed();

        await server.Server.RemoveTargetAsync(ServerUnderTest.TargetName).WaitAsync(_patience);
        Assert.Empty(server.Server.Sessions);
        AssertLogged(server, "a bug");
    }

    [Fact]
    public async Task SessionClosed_Event_StillNamesTheAddress()
    {
        await using var server = new ServerUnderTest();
        server.LogIn().Dispose();

        var closed = server.WaitClosed();

        Assert.StartsWith("127.0.0.1:", Assert.Single(closed.Connections).RemoteAddress, StringComparison.Ordinal);
    }

    private static void AssertLogged(ServerUnderTest server, string text)
    {
        Assert.Contains(text, Assert.Single(server.Errors), StringComparison.Ordinal);
        server.Errors.Clear();
    }
}
